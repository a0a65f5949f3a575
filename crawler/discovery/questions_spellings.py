"""How names and news words are spelled in other languages: two small tables, no rules. Contains no logic.

A line is one name: the English spelling, then one for each language, if it differs from the English one.
The first spelling of a language is the one to ask for; those after a "/" (adjectives, inhabitants, older spellings) are only
recognised. A language that is left out writes it as English does; where nobody would (other scripts), it has its own entry.

Written by hand from what newsrooms print. Whoever misses a name adds a line: nothing else depends on it.
"""

from __future__ import annotations

NAMES = """
Russia/Russian/Russians: nl Rusland/Russisch/Russische/Russen; de Russland/Rußland/russisch/Russen; fr Russie/russe; es Rusia/ruso/rusa; it Russia/russo/russa; pt Rússia/russo/russa; pl Rosja/rosyjski; sv Ryssland/rysk; da Rusland/russisk; no Russland/russisk; fi Venäjä; cs Rusko/ruský; sk Rusko/ruský; hu Oroszország/orosz; ro Rusia/rus; hr Rusija; sr Rusija; uk Росія; ru Россия/российский/русский; el Ρωσία; tr Rusya/Rus; ka რუსეთი; ar روسيا/الروسي; zh 俄罗斯/俄羅斯/俄国; ja ロシア; ko 러시아
Ukraine/Ukrainian: nl Oekraïne/Oekraïens; de Ukraine/ukrainisch; fr Ukraine/ukrainien; es Ucrania/ucraniano; it Ucraina/ucraino; pt Ucrânia/ucraniano; pl Ukraina/ukraiński; sv Ukraina; da Ukraine; no Ukraina; fi Ukraina; cs Ukrajina; sk Ukrajina; hu Ukrajna; ro Ucraina; hr Ukrajina; sr Ukrajina; uk Україна; ru Украина; el Ουκρανία; tr Ukrayna; ka უკრაინა; ar أوكرانيا/اوكرانيا; zh 乌克兰/烏克蘭; ja ウクライナ; ko 우크라이나
Moscow: nl Moskou; de Moskau; fr Moscou; es Moscú; it Mosca; pt Moscovo/Moscou; pl Moskwa; sv Moskva; da Moskva; no Moskva; cs Moskva; sk Moskva; hu Moszkva; ro Moscova; hr Moskva; sr Moskva; ru Москва; uk Москва; el Μόσχα; tr Moskova; ka მოსკოვი; ar موسكو; zh 莫斯科; ja モスクワ; ko 모스크바
Kyiv/Kiev: nl Kyiv/Kiev; de Kiew/Kyjiw; fr Kiev/Kyiv; es Kiev; it Kiev; pt Kiev; pl Kijów; sv Kiev/Kyjiv; cs Kyjev; sk Kyjev; ro Kiev; ru Киев; uk Київ; el Κίεβο; tr Kiev; ar كييف; zh 基辅/基輔; ja キーウ/キエフ; ko 키이우
Kremlin: de Kreml; es Kremlin; it Cremlino; pt Kremlin/Cremlin; pl Kreml; sv Kreml; da Kreml; no Kreml; cs Kreml; sk Kremeľ; ro Kremlin; ru Кремль; uk Кремль; el Κρεμλίνο; tr Kremlin; ar الكرملين; zh 克里姆林宫; ja クレムリン; ko 크렘린
Putin: nl Poetin; fr Poutine; hu Putyin; ru Путин; uk Путін; el Πούτιν; ka პუტინი; ar بوتين; zh 普京/普丁; ja プーチン; ko 푸틴
Medvedev: de Medwedew; es Medvédev; pl Miedwiediew; cs Medveděv; hu Medvegyev; ru Медведев; uk Медведєв; el Μεντβέντεφ; ka მედვედევი; ar ميدفيديف/مدفيديف; zh 梅德韦杰夫/梅德維傑夫; ja メドベージェフ; ko 메드베데프
Zelensky/Zelenskyy/Zelenskiy: nl Zelensky/Zelenski; de Selenskyj; fr Zelensky; es Zelenski; it Zelensky; pt Zelensky; pl Zełenski; sv Zelenskyj; da Zelenskyj; no Zelenskyj; cs Zelenskyj; sk Zelenskyj; ro Zelenski; ru Зеленский; uk Зеленський; el Ζελένσκι; tr Zelenskiy; ar زيلينسكي; zh 泽连斯基/澤倫斯基; ja ゼレンスキー; ko 젤렌스키
Lukashenko: nl Loekasjenko; de Lukaschenko; fr Loukachenko; es Lukashenko; pl Łukaszenka; sv Lukasjenko; da Lukasjenko; cs Lukašenko; ru Лукашенко; ar لوكاشينكو; zh 卢卡申科
Lavrov: de Lawrow; pl Ławrow; ru Лавров; ar لافروف; zh 拉夫罗夫
Navalny: nl Navalny; de Nawalny; pl Nawalny; es Navalni; sv Navalnyj; cs Navalnyj; ru Навальный; ar نافالني
Gorbachev: nl Gorbatsjov; de Gorbatschow; fr Gorbatchev; es Gorbachov; it Gorbaciov; pt Gorbachev; pl Gorbaczow; sv Gorbatjov; cs Gorbačov; ru Горбачёв/Горбачев
Khrushchev: nl Chroesjtsjov; de Chruschtschow; fr Khrouchtchev; es Jrushchov; it Chruščëv/Krusciov; pt Khrushchov; pl Chruszczow; cs Chruščov; ru Хрущёв/Хрущев
Stalin: fr Staline; ru Сталин
Trump: ru Трамп; uk Трамп; el Τραμπ; ar ترامب; zh 特朗普/川普; ja トランプ; ko 트럼프
Biden: ru Байден; uk Байден; el Μπάιντεν; ar بايدن; zh 拜登; ja バイデン; ko 바이든
Xi Jinping: ru Си Цзиньпин; zh 习近平/習近平; ja 習近平; ko 시진핑; ar شي جين بينغ
Netanyahu: nl Netanyahu/Netanjahoe; de Netanjahu; fr Netanyahou/Nétanyahou; pl Netanjahu; ru Нетаньяху; ar نتنياهو; zh 内塔尼亚胡
Erdogan: tr Erdoğan; ru Эрдоган; ar أردوغان; zh 埃尔多安
Khamenei: nl Khamenei; de Chamenei; fr Khamenei; es Jamenei; pl Chamenei; ru Хаменеи; ar خامنئي
United States/America/American/US/U.S.: nl Verenigde Staten/VS/Amerika/Amerikaanse/Amerikaans; de USA/Vereinigte Staaten/Amerika/amerikanisch; fr États-Unis/Etats-Unis/Amérique/américain; es Estados Unidos/EE.UU./EEUU/América/estadounidense; it Stati Uniti/Usa/America/americano; pt Estados Unidos/EUA/América/americano; pl USA/Stany Zjednoczone/Ameryka/amerykański; sv USA/Amerika; da USA; no USA; fi Yhdysvallat; cs USA/Spojené státy/Amerika; sk USA/Spojené štáty; hu Egyesült Államok; ro SUA/Statele Unite; ru США/Америка; uk США; el ΗΠΑ; tr ABD/Amerika; ar الولايات المتحدة/أمريكا/أميركا; zh 美国/美國; ja 米国/アメリカ; ko 미국
Washington: ru Вашингтон; ar واشنطن; zh 华盛顿; ja ワシントン
NATO: nl NAVO; fr OTAN; es OTAN; ro NATO; ru НАТО; uk НАТО; el ΝΑΤΟ; ka ნატო; ar الناتو/حلف شمال الأطلسي; zh 北约/北約; ja NATO; ko 나토
United Nations/UN: nl Verenigde Naties/VN; de Vereinte Nationen/UN/UNO; fr Nations unies/ONU; es Naciones Unidas/ONU; it Nazioni Unite/Onu; pt Nações Unidas/ONU; pl ONZ; sv FN; da FN; no FN; cs OSN; sk OSN; ro ONU; ru ООН; tr BM; ar الأمم المتحدة; zh 联合国; ja 国連
European Union/EU: nl Europese Unie/EU; de Europäische Union/EU; fr Union européenne/UE; es Unión Europea/UE; it Unione europea/Ue; pt União Europeia/UE; pl Unia Europejska/UE; ro Uniunea Europeană/UE; ru Евросоюз/ЕС; ar الاتحاد الأوروبي; zh 欧盟; ja EU
Europe/European: nl Europa/Europese; de Europa/europäisch; fr Europe/européen; es Europa/europeo; it Europa/europeo; pt Europa/europeu; pl Europa; sv Europa; cs Evropa; sk Európa; ru Европа; tr Avrupa; ar أوروبا; zh 欧洲; ja 欧州/ヨーロッパ
China/Chinese: nl China/Chinese/Chinees; de China/chinesisch; fr Chine/chinois; es China/chino; it Cina/cinese; pt China/chinês; pl Chiny/chiński; sv Kina; da Kina; no Kina; cs Čína; sk Čína; ru Китай; tr Çin; ar الصين; zh 中国/中國; ja 中国; ko 중국
Taiwan: ru Тайвань; ar تايوان; zh 台湾/台灣; ja 台湾
Korea/Korean: nl Korea/Koreaanse; fr Corée; es Corea; it Corea; pt Coreia; pl Korea; cs Korea; ru Корея; tr Kore; ar كوريا; zh 朝鲜/韩国; ja 朝鮮/韓国; ko 한국
Japan/Japanese: nl Japan/Japanse; fr Japon; es Japón; it Giappone; pt Japão; pl Japonia; cs Japonsko; ru Япония; tr Japonya; ar اليابان; zh 日本; ja 日本
India: nl India/Indiase; de Indien; fr Inde; pl Indie; cs Indie; ru Индия; tr Hindistan; ar الهند; zh 印度; ja インド
Vietnam: nl Vietnam/Vietnamoorlog; fr Viêt Nam/Vietnam; pl Wietnam; pt Vietnã/Vietname; ru Вьетнам; ar فيتنام; zh 越南; ja ベトナム
Hanoi: ru Ханой; zh 河内; ja ハノイ
Iraq: nl Irak; de Irak; fr Irak; es Irak/Iraq; it Iraq; pt Iraque; pl Irak; sv Irak; cs Irák; ru Ирак; tr Irak; ar العراق; zh 伊拉克; ja イラク
Iran/Iranian: nl Iran/Iraanse; es Irán; pt Irã/Irão; cs Írán; ru Иран; tr İran; ar إيران; zh 伊朗; ja イラン
Afghanistan: es Afganistán; pt Afeganistão; pl Afganistan; cs Afghánistán; ru Афганистан; tr Afganistan; ar أفغانستان; zh 阿富汗; ja アフガニスタン
Syria: nl Syrië; de Syrien; fr Syrie; es Siria; it Siria; pt Síria; pl Syria; sv Syrien; cs Sýrie; ru Сирия; tr Suriye; ar سوريا; zh 叙利亚; ja シリア
Israel/Israeli: nl Israël/Israëlische; de Israel/israelisch; fr Israël/israélien; it Israele/israeliano; pl Izrael; cs Izrael; ru Израиль; tr İsrail; ar إسرائيل; zh 以色列; ja イスラエル
Gaza: fr Gaza; cs Gaza; pl Gaza; ru Газа; ar غزة; zh 加沙; ja ガザ
Germany/German: nl Duitsland/Duitse; de Deutschland/deutsch; fr Allemagne/allemand; es Alemania/alemán; it Germania/tedesco; pt Alemanha/alemão; pl Niemcy/niemiecki; sv Tyskland; da Tyskland; no Tyskland; cs Německo; sk Nemecko; ru Германия; tr Almanya; ar ألمانيا; zh 德国; ja ドイツ
France/French: nl Frankrijk/Franse; de Frankreich/französisch; fr France/français; es Francia/francés; it Francia/francese; pt França/francês; pl Francja; sv Frankrike; cs Francie; ru Франция; tr Fransa; ar فرنسا; zh 法国; ja フランス
Britain/United Kingdom/UK/British: nl Verenigd Koninkrijk/Groot-Brittannië/Britse; de Großbritannien/britisch; fr Royaume-Uni/britannique; es Reino Unido/británico; it Regno Unito/Gran Bretagna; pt Reino Unido/britânico; pl Wielka Brytania; sv Storbritannien; cs Británie; ru Великобритания; tr İngiltere; ar بريطانيا; zh 英国; ja 英国/イギリス
Italy/Italian: nl Italië; de Italien; fr Italie; es Italia; it Italia; pt Itália; pl Włochy; cs Itálie; ru Италия; tr İtalya; ar إيطاليا; zh 意大利; ja イタリア
Spain/Spanish: nl Spanje; de Spanien; fr Espagne; es España; it Spagna; pt Espanha; pl Hiszpania; cs Španělsko; ru Испания; ar إسبانيا; zh 西班牙; ja スペイン
Poland/Polish: nl Polen; de Polen; fr Pologne; es Polonia; it Polonia; pt Polónia/Polônia; pl Polska; sv Polen; cs Polsko; ru Польша; ar بولندا; zh 波兰; ja ポーランド
Netherlands/Dutch: nl Nederland/Nederlandse; de Niederlande; fr Pays-Bas; es Países Bajos; it Paesi Bassi/Olanda; pt Países Baixos; pl Holandia; ru Нидерланды; zh 荷兰; ja オランダ
Belgium/Belgian: nl België; de Belgien; fr Belgique; es Bélgica; it Belgio; pt Bélgica; pl Belgia; ru Бельгия; zh 比利时
Turkey/Türkiye/Turkish: nl Turkije; de Türkei; fr Turquie; es Turquía; it Turchia; pt Turquia; pl Turcja; cs Turecko; ru Турция; tr Türkiye; ar تركيا; zh 土耳其; ja トルコ
Belarus: nl Wit-Rusland/Belarus; de Belarus/Weißrussland; fr Biélorussie; es Bielorrusia; it Bielorussia; pt Bielorrússia; pl Białoruś; cs Bělorusko; ru Беларусь/Белоруссия; zh 白俄罗斯
Crimea: nl Krim; de Krim; fr Crimée; es Crimea; it Crimea; pt Crimeia; pl Krym; cs Krym; ru Крым; ar القرم; zh 克里米亚; ja クリミア
Brazil: nl Brazilië; de Brasilien; fr Brésil; es Brasil; it Brasile; pt Brasil; pl Brazylia; ru Бразилия; zh 巴西; ja ブラジル
Mexico: fr Mexique; es México; it Messico; pt México; pl Meksyk; ru Мексика; zh 墨西哥; ja メキシコ
Egypt: nl Egypte; de Ägypten; fr Égypte; es Egipto; it Egitto; pt Egito; pl Egipt; ru Египет; ar مصر; zh 埃及
Jerusalem: nl Jeruzalem; fr Jérusalem; es Jerusalén; it Gerusalemme; pt Jerusalém; pl Jerozolima; ru Иерусалим; ar القدس; zh 耶路撒冷
Vienna: nl Wenen; de Wien; fr Vienne; es Viena; it Vienna; pt Viena; pl Wiedeń; ru Вена
Rome: de Rom; es Roma; it Roma; pt Roma; pl Rzym; ru Рим
Warsaw: nl Warschau; de Warschau; fr Varsovie; es Varsovia; it Varsavia; pt Varsóvia; pl Warszawa; ru Варшава
Brussels: nl Brussel; de Brüssel; fr Bruxelles; es Bruselas; it Bruxelles; pt Bruxelas; pl Bruksela; ru Брюссель
Beijing: nl Peking/Beijing; de Peking; fr Pékin; es Pekín; it Pechino; pt Pequim; pl Pekin; ru Пекин; ar بكين; zh 北京; ja 北京
Ramstein: ru Рамштайн; zh 拉姆施泰因
Telegram: ru Телеграм; ar تلغرام
Reuters: ru Рейтер; ar رويترز; zh 路透; ja ロイター
"""

WORDS = """
nuclear: nl nucleair/nucleaire/kern/atoom; de nuklear/atomar/atomkrieg/atomwaffen/atom; fr nucléaire/atomique; es nuclear/atómica; it nucleare/atomica; pt nuclear; pl nuklearny/nuklearna/jądrowy/atomowy/atomowa/atomową; sv kärnvapen/kärnvapenkrig; da atom/kerne; no kjernefysisk/atom; cs jaderný/jaderné/jadernou/jaderná; sk jadrový/jadrovú/jadrovou; hu nukleáris/atom; ro nuclear; ru ядерный/ядерной/ядерная; uk ядерний; el πυρηνικός; tr nükleer; ka ბირთვულ; ar نووي/نووية/النووية; zh 核; ja 核; is kjarnorku
war: nl oorlog; de krieg; fr guerre; es guerra; it guerra; pt guerra; pl wojna/wojną/wojny; sv krig; da krig; no krig; fi sota; cs válka/válku/války; sk vojna/vojnu; hu háború; ro război; ru война/войне/войны; uk війна; el πόλεμος; tr savaş; ka ომს/ომი; ar حرب/الحرب/الحروب; zh 战/戰; ja 戦争
defeat/defeated/lose/loses/lost: nl nederlaag/verliezen/verslagen/verliest; de niederlage/verliert/verlieren/besiegt; fr défaite/perd/perdre; es derrota/perder/pierde; it sconfitta/sconfitto/perde/perdere; pt derrota/derrotada/perder/perca; pl porażka/klęska/przegrana/przegra; sv nederlag/förlorar; da nederlag; no nederlag; cs porážka/prohrát/prohrávají/porážky; sk porážka/porážky; ro înfrângere; ru поражение/проигрыш/проигрывали; tr yenilgi; ar هزيمة/هزيمتنا; zh 战败/戰敗/失败; ja 敗北; ka დამარცხების
warn/warns/warning/threatens/threat/threats: nl waarschuwt/waarschuwing/dreigt/dreiging/dreigement/dreigementen; de warnt/droht/drohung/warnung; fr avertit/menace/prévient/explique; es advierte/amenaza; it avverte/minaccia/rischio; pt avisa/aviso/ameaça; pl ostrzega/grozi/groźby; sv varnar/hotar/hot; da advarer/truer; no advarer/truer; cs varoval/varuje/hrozí; sk varuje/hrozí/varoval; ro avertizează/amenință; ru предупредил/угрожает; tr tehdit/uyardı; ar يحذر/تهديد; zh 警告; ja 警告
powers: nl machten/mogendheid/mogendheden; de mächte/großmacht; fr puissance/puissances; es potencia/potencias; it potenza/potenze; pt potência/potências; pl mocarstwo/mocarstwa; cs mocnosti/mocnost; sk mocnosti; ru держава/державы/державе; ar قوى/القوى
weapon/weapons/arms: nl wapen/wapens; de waffen/waffe; fr arme/armes; es arma/armas; it arma/armi; pt arma/armas; pl broń/broni; sv vapen; cs zbraň/zbraně; ru оружие; tr silah; ar أسلحة/سلاح; zh 武器; ja 兵器/武器
bomb/bombs: nl bom/bommen/atoombom; de bombe/bomben/atombombe; fr bombe/bombes; es bomba/bombas; it bomba/bombe; pt bomba; pl bomba; sv bomb/atombomb; cs bomba; ru бомба; tr bomba; ar قنبلة; zh 炸弹; ja 爆弾
president: de präsident; fr président; es presidente; it presidente; pt presidente; pl prezydent; cs prezident; ru президент; tr cumhurbaşkanı; ar الرئيس; zh 总统; ja 大統領
minister: fr ministre; es ministro; it ministro; pt ministro; cs ministr; ru министр; tr bakan; ar وزير
government: nl regering; de regierung; fr gouvernement; es gobierno; it governo; pt governo; pl rząd; cs vláda; ru правительство; tr hükümet; ar حكومة; zh 政府; ja 政府
election/elections: nl verkiezing/verkiezingen; de wahl/wahlen; fr élection/élections; es elección/elecciones; it elezioni; pt eleição/eleições; pl wybory; sv val; cs volby; ru выборы; tr seçim; ar انتخابات; zh 选举; ja 選挙
army/military/troops: nl leger/troepen; de armee/truppen; fr armée/troupes; es ejército/tropas; it esercito/truppe; pt exército/tropas; pl armia/wojsko; ru армия/войска; tr ordu; ar الجيش; zh 军队; ja 軍
attack: nl aanval; de angriff; fr attaque; es ataque; it attacco; pt ataque; pl atak; cs útok; ru атака; tr saldırı/saldırısı; ar هجوم; zh 攻击; ja 攻撃
police: nl politie; de polizei; fr police; es policía; it polizia; pt polícia; pl policja; cs policie; ru полиция; tr polis; ar الشرطة; zh 警察; ja 警察
court: nl rechtbank/rechter; de gericht; fr tribunal; es tribunal; it tribunale; pt tribunal; pl sąd; cs soud; ru суд; tr mahkeme; ar محكمة; zh 法院; ja 裁判所
hacker/hackers/hack: fr pirate/hackeur; es hackers/hackeo; ru хакер; zh 黑客; ja ハッカー
ransom: nl losgeld; de lösegeld; fr rançon; es rescate; it riscatto; pt resgate; pl okup; ru выкуп
bitcoin/bitcoins: ru биткоин; zh 比特币; ja ビットコイン
chastity: nl kuisheidsgordel/kuisheid; de keuschheit/keuschheitsgürtel; fr chasteté; es castidad; it castità; pt castidade; pl cnoty
drone/drones: de drohne/drohnen; es dron/drones; it drone/droni; pl dron/drony; ru дрон/беспилотник; zh 无人机; ja ドローン
internet/web: ru интернет; zh 互联网; ja インターネット
climate: nl klimaat; de klima; fr climat; es clima; it clima; pt clima; pl klimat; ru климат; zh 气候; ja 気候
earthquake: nl aardbeving; de erdbeben; fr séisme; es terremoto; it terremoto; pt terremoto; pl trzęsienie; ru землетрясение; tr deprem; zh 地震; ja 地震
virus/vaccine: nl vaccin; de impfstoff; fr vaccin; es vacuna; it vaccino; pt vacina; pl szczepionka; ru вакцина; zh 疫苗; ja ワクチン
strike: nl staking; de streik; fr grève; es huelga; it sciopero; pt greve; pl strajk; ru забастовка
history: nl geschiedenis; de geschichte; fr histoire; es historia; it storia; pt história; pl historia; cs historie; ru история; zh 历史; ja 歴史
ferry: nl veerboot/veerpont/pont; de fähre; fr ferry/bac; es ferri/transbordador; it traghetto; pt balsa; pl prom; sv färja
harbour/harbor/port: nl haven; de hafen; fr port; es puerto; it porto; pt porto; pl port; sv hamn
town/city: nl stad; de stadt; fr ville; es ciudad; it città; pt cidade; pl miasto; sv stad/stadt
money: nl geld; de geld; fr argent; es dinero; it soldi; pt dinheiro; pl pieniądze
invasion/occupation: nl invasie/bezetting; de invasion/besatzung; fr invasion/occupation; es invasión/ocupación; it invasione/occupazione; pt invasão/ocupação; pl inwazja; ru вторжение
"""

PERSONS = frozenset(
    (
        "Putin", "Medvedev", "Zelensky", "Lukashenko", "Lavrov", "Navalny", "Gorbachev", "Khrushchev", "Stalin", "Trump", "Biden",
        "Xi Jinping", "Netanyahu", "Erdogan", "Khamenei",
    )
)  # fmt: skip
"""Those of `NAMES` that are people; the others are places and organisations."""

CARRIERS = frozenset(("Reuters", "Telegram"))
"""Those of `NAMES` that only carried the words: every report of an event names them."""
