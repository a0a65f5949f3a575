"""Lines of a page that are not the article's words: clocks, counters, share boxes, advertising labels, newsletter
boxes, teasers, reading times.

A line counts as furniture if it holds a cue of one kind and little else: "Share on Facebook", "Aktualisiert um
12:04 Uhr", "1.234 vues". The same words inside a sentence are news ("the video drew 1,234 views", "raided three days
ago"), so a cue in running prose counts only where print never says it so: "8 hrs ago".
Written for en, nl, de, fr, es, with it and pt where they cost nothing. What is found here is ranked low, never hidden.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from operator import itemgetter
from typing import Literal

import regex

from archive.diff_lexicon import words_in
from archive.diff_tokens import words_of

Furniture = Literal["timestamp", "counter", "share box", "advertising label", "newsletter box", "teaser", "reading time",
                    "comment box", "prompt"]  # fmt: skip

#: Words of a line beyond which it is prose, whatever it holds.
LONGEST = 45
#: Words of a heading over a list of teasers, and of a teaser.
HEADING, TEASER = 7, 24


def _any(text: str) -> str:
    """An alternation of phrases, one a line or separated by " | "; a blank stands for white space."""
    phrases = (phrase.strip() for line in text.splitlines() for phrase in line.split(" | "))
    return "|".join(phrase.replace(" ", r"\s+") for phrase in phrases if phrase)


# --- times --------------------------------------------------------------------------------------------

_COUNT = (
    r"(?:\d+|an?|one|a\s+few|a\s+couple\s+of|few|several|een|één|enkele|een\s+paar|paar|ein(?:e[rmn]?)?|wenigen?|"
    r"einigen?|une?|quelques|un[oa]s?|pocos|pocas|algunos|algunas|uma?|poucos|alguns|pochi|poche)"
)
_AGO = regex.compile(
    rf"""\b{_COUNT}\s*(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?|mos?|months?|yrs?|years?)
      \.?\s+ago\b
    | \b{_COUNT}\s*(?:s|sec|seconden?|m|min|minuut|minuten|minuutjes|u|uur|uren|d|dag|dagen|wk|week|weken|mnd|maanden?|jr|jaar)
      \.?\s+geleden\b
    | \bvor\s+(?:etwa\s+|rund\s+|ca\.\s*)?{_COUNT}\s*(?:s|sek|sekunden?|m|min|minuten?|h|std|stunden?|tg|tag|tagen|wochen?|
      mon|monat|monaten|jahr|jahren?)\b\.?
    | \bil\s+y\s+a\s+(?:environ\s+)?{_COUNT}\s*(?:s|sec|secondes?|m|mn|min|minutes?|h|heures?|j|jours?|sem|semaines?|mois|ans?)\b\.?
    | \b(?:hace|há)\s+(?:unas?\s+|cerca\s+de\s+)?{_COUNT}\s*(?:s|seg|segundos?|m|min|mins|minut\w+|h|hs|hrs?|horas?|d|d[ií]as?|
      sem|semanas?|mes|meses|años?|anos?)\b\.?
    | \b{_COUNT}\s*(?:min|minut[oi]s?|h|or[ae]|horas?|giorn[oi]|dias?|settiman[ae]|semanas?|mes[ei]s?)\s+(?:fa|atrás)\b
    | \bjust\s+now\b | \bmoments\s+ago\b | \bzojuist\b | \bzonet\b | \bgerade\s+eben\b | \bsoeben\b | \bà\s+l['’]instant\b
    | \bahora\s+mismo\b | \bjusto\s+ahora\b | \badesso\b | \bagora\s+mesmo\b""",
    regex.VERBOSE | regex.IGNORECASE,
)
_ABBREVIATED = regex.compile(
    r"\d\s*(?:s|secs?|m|mn|mins?|h|hs|hrs?|d|w|wks?|yrs?|u|std|sek|j|sem|seg|tg|mnd)\b(?!['’])", regex.IGNORECASE
)
_STAMP_WORDS = _any(
    """(?:last |first |originally )?(?:updated|posted|published|modified|edited|revised|created)(?: (?:at|on|by))? | last update | update
    (?:laatst |voor het laatst |eerst |oorspronkelijk )?(?:bijgewerkt|gewijzigd|geplaatst|gepubliceerd|aangepast|geüpdatet|geactualiseerd)
    laatste (?:update|wijziging) | publicatiedatum | vandaag om | gisteren om
    (?:zuletzt )?(?:aktualisiert|bearbeitet|geändert|veröffentlicht|publiziert|erstellt)(?: (?:am|um))? | stand
    letzte (?:aktualisierung|änderung) | aktualisierung | erschienen am
    (?:mis|mise) à jour | publiée? | modifiée? | actualisée? | dernière (?:mise à jour|modification|actualisation) | créée?
    (?:última )?(?:actualización|modificación) | actualizad[oa] | publicad[oa] | modificad[oa]
    (?:ultimo )?aggiornamento | aggiornato | pubblicato | modificato | (?:última )?atualização | atualizad[oa]"""
)
_TIMES = (
    "at on by of the and from in for to st nd rd th am pm a.m p.m et est edt cet cest gmt utc bst pt pst pdt uk time local "
    "mon tue tues wed thu thur thurs fri sat sun jan feb mar apr jun jul aug sep sept oct nov dec o'clock "
    "om op van de het en uur u door ma di wo do vr za zo mrt mei okt "
    "am um von der den dem und uhr mez mesz mo mi fr sa so mär mrz mai dez seit "
    "le la à a les et par de du h heure heures janv févr avr juil août déc lun mar mer jeu ven sam dim er "
    "el las los y por del hrs horas hora h ene abr ago set dic lun mié jue vie sáb dom "
    "il alle ore e di gen mag giu lug ott o às em da do dez fev mai out"
)
_DATE_WORDS = words_in("date", "")
_TIME_WORDS = frozenset(_TIMES.split()) | _DATE_WORDS
_FIGURES = regex.compile(r"\p{N}")
_ELISION = regex.compile(r"^(?:l|d|s|qu|n|j|m|t)'")
_TIME_OF_DAY = regex.compile(r"\d{1,2}[:.h]\d{2}(?::\d{2})?\s*(?:h|u|uur|uhr|[ap]\.?m\.?)?", regex.IGNORECASE)
_CLOCK_FIGURE = regex.compile(
    r"\d{1,2}\s*(?:[:.h]\s*\d{2}|\s*(?:uur|uhr|h|am|pm)\b)|\b(?:19|20)\d\d\b", regex.IGNORECASE
)
_STAMP = regex.compile(
    rf"\b(?:{_STAMP_WORDS})\b\s*[:.,|–—-]?\s*(?P<time>(?:(?:{'|'.join(map(regex.escape, sorted(_TIME_WORDS, key=len, reverse=True)))}|"
    rf"\d+(?:[.:/h-]\d+)*(?:st|nd|rd|th|h|e|er|º)?)\b[\s,.:|·/()–—-]*)+)",
    regex.IGNORECASE,
)

# --- the other kinds ----------------------------------------------------------------------------------

_COUNTED = _any(
    """comments? | shares? | views? | likes? | reads | reactions? | retweets? | replies | followers | plays | page ?views | people (?:have )?(?:read|viewed|shared) this
    reacties? | reactie | keer (?:gedeeld|bekeken|gelezen|geopend) | weergaven? | mensen lezen (?:dit|mee) | lezers | x (?:gelezen|bekeken|gedeeld)
    kommentare? | aufrufe? | mal (?:geteilt|gelesen|angesehen|geklickt|kommentiert) | klicks | abrufe | leserkommentare | beiträge
    commentaires? | vues? | partages? | lectures? | fois | réactions? | j['’]aime | visites | contributions
    comentarios? | visitas? | vistas? | lecturas? | veces (?:compartid[oa]|leíd[oa]|vist[oa]) | visualizaciones | reproducciones | me gusta | compartidos?
    commenti | commento | visualizzazioni | condivisioni | letture | comentários? | visualizações | compartilhamentos | leituras | partilhas"""
)
_FIGURE = r"\d[\d.,\s\u00a0\u202f]*\s*(?:k|m|mio\.?|tsd\.?|mln|mil|millones|millions?|miljoen|duizend|mille)?\+?"
_NETWORKS = (
    "facebook twitter x whatsapp linkedin telegram pinterest reddit instagram email e-mail mail messenger bluesky mastodon threads "
    "flipboard pocket xing sms tiktok youtube signal print link url copy imprimer drucken afdrukken imprimir tumblr "
    "snapchat google news rss kopieren kopiëren copier copiar"
)
_CUES: tuple[tuple[Furniture, str], ...] = (
    (
        "reading time",
        _any(
            r"""\d+(?:\s*[-–]\s*\d+)?[\s-]*min(?:ute)?s?\.? (?:read|to read|reading time|listen) | reading time | read time | estimated read(?:ing time)? | time to read | read in \d+ min(?:ute)?s?
                leestijd | leesduur | \d+ min(?:uut|uten)?\.? (?:leestijd|lezen|leesplezier|luisteren) | in \d+ min(?:uten)? gelezen | lees in \d+ min(?:uten)?
                lesezeit | lesedauer | \d+ min(?:ute|uten)?\.? (?:lesezeit|lesedauer|lesen|zum lesen)
                (?:temps|durée) de lecture | lecture(?: de| en)?\s*:?\s*\d+ min(?:utes?)? | \d+ min(?:utes?)?\.? de lecture | à lire en \d+ min(?:utes?)?
                tiempo(?: estimado)? de lectura | lectura(?: de)?\s*:?\s*\d+ min(?:utos?)? | \d+ min(?:utos?)?\.? de lectura | se lee en \d+ min(?:utos?)?
                tempo di lettura | tempo de leitura | \d+ min(?:uti|utos)? (?:di lettura|de leitura)"""
        ),
    ),
    (
        "counter",
        rf"{_FIGURE}\s*(?:{_COUNTED})|(?:{_COUNTED})\s*[:(]\s*\(?{_FIGURE}\)?"
        rf"|(?:leído|visto|compartido|vu|lu|partagé|gelesen|geteilt|gelezen|bekeken|gedeeld|read|viewed|shared|letto|lido)\s*:?\s*{_FIGURE}\s*"
        rf"(?:fois|veces|mal|keer|times|x|volte|vezes)|{_FIGURE}\s*(?:×|x)?\s*(?:mal|fois|veces|keer|times)\s+"
        rf"(?:gelesen|geteilt|angesehen|aufgerufen|lu|vu|partagé|leído|visto|compartid[oa]|read|viewed|shared|gelezen|gedeeld|bekeken)",
    ),
    (
        "share box",
        _any(
            """share(?: (?:this|via|on|with|by|to|article|story|post|page|link))+ | tweet this | email this | print this(?: (?:page|article))? | copy link | save (?:this )?(?:article|for later|story) | bookmark | follow us | follow .{2,30} on | like us on | add us on
                deel (?:dit|via|op|het|deze)(?: (?:artikel|bericht|verhaal))? | delen(?: (?:via|op|met))? | artikel delen | kopieer (?:de )?link | link kopiëren | bewaar (?:dit )?(?:artikel)? | opslaan | volg (?:ons|.{2,30} op) | stuur door | mail dit artikel
                (?:artikel|beitrag|diesen (?:artikel|beitrag)|seite) teilen | (?:auf|per|via|über) \\S+ teilen | teilen sie .{0,40} | teilen | link kopieren | artikel (?:drucken|merken|versenden|speichern) | merken | folgen sie (?:uns|.{2,30} auf) | folge uns | weitersagen
                partager(?: (?:cet article|sur|l['’]article|par|via|cette page))* | partagez(?: .{0,30})? | envoyer par e-?mail | copier le lien | enregistrer(?: l['’]article)? | suivez[ -]nous | suivre .{2,30} sur | imprimer(?: l['’]article)?
                compartir(?: (?:en|por|este artículo|la noticia|esta noticia|en redes|vía))* | comparte(?: (?:esta noticia|este artículo|en|la noticia))* | enviar por (?:correo|e-?mail) | copiar (?:el )?enlace | guardar(?: (?:artículo|noticia))? | síguenos | síganos | imprimir(?: (?:noticia|artículo))?
                condividi(?: .{0,20})? | seguici | copia link | compartilhar | compartilhe | partilhar | siga-nos | copiar link"""
        ),
    ),
    (
        "advertising label",
        _any(
            """advertisement | advertising | sponsored(?: (?:content|by|post|message))? | paid (?:content|post|partnership) | promoted(?: content)? | (?:story|article|text|content) continues (?:below|after)(?: (?:this |the )?(?:ad|advert|advertisement))? | continue reading (?:below|after) | scroll to continue | skip (?:ad|advertisement) | ad
                advertenties? | gesponsord(?:e inhoud)? | reclame | (?:lees verder|(?:de |het )?(?:tekst|artikel|verhaal) (?:gaat|loopt) (?:verder|door)) (?:onder|na) (?:de |deze )?(?:advertentie|reclame|foto|video) | advertorial | partnerbijdrage
                anzeigen? | werbung | gesponsert | weiter(?:lesen)? nach der (?:anzeige|werbung) | nach der (?:anzeige|werbung) (?:weiterlesen|geht es weiter) | (?:artikel|text) wird nach der (?:anzeige|werbung) fortgesetzt | (?:lesen sie )?unter der (?:anzeige|werbung)(?: weiter)? | sponsored
                publicités? | annonces? | contenu (?:sponsorisé|partenaire) | (?:la )?suite (?:de (?:l['’]article|la lecture) )?après (?:la|cette|l['’]) ?(?:publicité|annonce|pub) | (?:lire la suite|l['’]article continue|cet article continue|la lecture continue) après (?:la|cette) (?:publicité|pub) | sponsorisé | pub
                publicidad | anuncios? | contenido (?:patrocinado|promocionado) | (?:sigue|siga|continúa|continúe|seguir|continuar)(?: (?:leyendo|la lectura|la noticia|el artículo))? (?:después|debajo|tras|abajo)(?: de)?(?: (?:la publicidad|el anuncio|este anuncio))? | patrocinado | la noticia continúa (?:después|debajo) de la publicidad
                pubblicità | contenuto sponsorizzato | (?:continua a leggere|l['’]articolo continua) dopo la pubblicità | publicidade | conteúdo patrocinado | continua (?:após|depois) d?a publicidade | propaganda"""
        ),
    ),
    (
        "comment box",
        _any(
            """(?:leave|post|write|add) a comment | join the (?:conversation|discussion|debate) | (?:view|show|read|see|all)(?: all)? comments | comments? (?:are )?(?:closed|off|policy) | comment
                reageer(?: (?:op|nu|als eerste))* | (?:plaats|schrijf|geef) (?:een|je) reactie | alle reacties(?: bekijken)? | praat mee | reacties (?:gesloten|bekijken)
                kommentieren(?: sie)? | kommentar (?:schreiben|verfassen) | (?:alle )?kommentare (?:anzeigen|lesen|geschlossen|öffnen)? | diskutieren sie mit | mitdiskutieren
                (?:laisser|ajouter|écrire|poster) un commentaire | commenter | réagir | réagissez | (?:voir|lire|afficher) (?:tous )?les commentaires | participer à la (?:discussion|conversation)
                (?:deja|dejar|escribe|añade|añadir) (?:un|tu) comentario | comentar | comenta | (?:ver|leer|mostrar) (?:todos )?los comentarios | únete a la conversación | participa en la conversación"""
        ),
    ),
    (
        "prompt",
        _any(
            """subscribe(?: (?:now|today|here|for free))? | sign (?:in|up)(?: (?:now|here|for free|free))? | log in | register(?: (?:now|for free))? | already a (?:subscriber|member)\\?? | download (?:our|the) app | get (?:our|the) app | support (?:us|our journalism) | donate(?: now)? | become a (?:member|subscriber)
                abonneer(?: (?:je|u|nu))* | word (?:abonnee|lid) | inloggen | log in | aanmelden | meld (?:je|u) aan | registreren? | al abonnee\\? | download (?:onze|de) app | probeer (?:nu )?gratis | steun ons
                (?:jetzt )?(?:abonnieren|anmelden|registrieren|testen|einloggen|bestellen) | (?:schon|bereits) abonnent\\??(?:in\\?)? | abonnent werden | (?:laden sie |holen sie sich )?(?:unsere|die) app(?: (?:laden|herunterladen))? | zum abo | probeabo
                abonnez[ -]vous | s['’]abonner | je m['’]abonne | déjà abonnée?\\s?\\?? | se connecter | connectez[ -]vous | s['’]inscrire | inscrivez[ -]vous | téléchargez (?:notre|l['’]) ?application | soutenez[ -]nous | créer un compte
                suscr[ií]b(?:ete|ase|irse|irme) | ¿?ya eres suscriptor(?:a)?\\?? | inicia(?:r)? sesión | reg[ií]str(?:ate|arse|ese) | descarga(?:r)? (?:nuestra|la) app | ap[oó]y(?:anos|enos) | hazte (?:socio|socia|suscriptor) | apúntate
                abbonati | accedi | registrati | iscriviti | assine | entrar | cadastre-se | inscreva-se"""
        ),
    ),
)
_KINDS = {kind: regex.compile(rf"(?<!\w)(?:{pattern})(?!\w)", regex.IGNORECASE) for kind, pattern in _CUES}
_NEWSLETTER = regex.compile(
    _any(
        """newsletters? | inbox | mailing list | e-?mail alerts? | (?:daily|morning|evening|weekly) briefing | nieuwsbrief | nieuwsbrieven | mailbox | rundbrief | postfach | infobrief | push-?(?:meldingen|nachrichten|mitteilungen|notifications?)
        lettres? d['’]information | infolettre | boîte (?:mail|de réception|aux lettres) | messagerie | boletín | boletines | bandeja de entrada | tu correo | su correo | casella di posta | caixa de entrada | alertes? (?:mail|info) | alertas"""
    ),
    regex.IGNORECASE,
)
#: What asks the reader to do something, at the start of a sentence; or speaks to the reader.
_ASKS = regex.compile(
    r"(?:^|[.!?:…|»”\"–—-]\s*)(?:¡|¿)?(?:"
    + _any(
        """sign up | subscribe | get | receive | join | register | enter your | want | don['’]t miss | never miss | stay | start your | our | the best | delivered | keep up | free | daily | weekly | click | discover
        meld | schrijf | inschrijven | aanmelden | abonneer | ontvang | mis niets | wil je | wilt u | blijf | elke (?:ochtend | dag | week) | dagelijks | onze | gratis | het beste | alles over | krijg | vul
        jetzt | abonnieren | melden sie | bestellen | erhalten sie | bekommen sie | kostenlos | täglich | bleiben sie | verpassen sie | möchten sie | unser | unsere | das wichtigste | die wichtigsten | jeden (?:morgen|tag|abend) | hol dir | abonniere | der newsletter
        inscrivez | abonnez | recevez | s['’]inscrire | s['’]abonner | ne (?:ratez|manquez) | restez | chaque (?:matin|jour|soir|semaine) | notre | nos | tous les (?:matins|jours) | gratuit | l['’]essentiel | retrouvez | découvrez | envie | vous
        suscr[ií]b | ap[uú]nt | recib | recíb | reg[ií]str | no te pierdas | no se pierda | mantente | cada (?:mañana|día|semana) | nuestro | nuestros | nuestra | gratis | lo mejor | todas las (?:mañanas|semanas) | quieres | únete
        iscriviti | ricevi | abbonati | ogni | la nostra | inscreva | assine | receba | cadastre | todas as manhãs"""
    ).replace(r"\s+|\s+", "|")
    + r")"
    r"|\b(?:your|je|jouw|uw|dein|deine|deinem|ihr|ihre|ihrem|votre|vos|tu|tus|su|sus|tua|sua|seu)\s+(?:free\s+|gratis\s+|kostenlosen?\s+)?"
    r"(?:e-?mail\w*|inbox|mail\w*|postfach|boîte|correo|newsletter|nieuwsbrief|casella|caixa|messagerie|bandeja|adresse)",
    regex.IGNORECASE,
)
_TEASER = regex.compile(
    r"^\W*(?:"
    + _any(
        """(?:read|see|watch|listen|view|hear)(?: (?:more|also|next|on|here|too|the full story)) | also (?:read|see|watch|on|in) | related(?: (?:articles?|stories|news|content|topics|links|posts|coverage))? | more (?:on|about|from|in|stories|news|like this|top stories)(?: this)?(?: (?:story|topic))? | most (?:read|popular|viewed|shared|recent) | trending(?: now)? | you (?:may|might) (?:also )?(?:like|be interested in) | recommended(?: for you| stories)? | editor['’]?s['’]? picks? | top stories | latest(?: news)? | don['’]t miss | what to read next | up next | in other news | popular(?: now)?
        lees (?:ook|meer|verder|hier)(?: (?:over|op))? | bekijk (?:ook|hier|de video) | zie ook | luister ook | meer (?:over|van|nieuws|lezen|uit)(?: dit (?:onderwerp|dossier))? | (?:het )?(?:meest|best) (?:gelezen|bekeken) | ook interessant | gerelateerd(?:e (?:artikelen|berichten))? | aanbevolen(?: voor (?:jou|u))? | net binnen | laatste nieuws | uitgelicht | anderen lazen ook | populair | ook (?:in het nieuws|op) | dossier
        (?:lesen|sehen|hören)(?: sie)? (?:auch|mehr|dazu|hier|weiter) | mehr (?:zum thema|dazu|zu|über|aus|lesen|nachrichten) | auch interessant | siehe auch | (?:am )?meist(?:en )?gelesene?n? | meistgelesen(?:e artikel)? | das könnte (?:sie|dich) (?:auch )?interessieren | zum thema | empfohlen(?:e artikel)? | weitere (?:artikel|meldungen|nachrichten|themen) | neueste (?:artikel|meldungen) | beliebt(?:e artikel)? | top-?themen | verwandte (?:artikel|themen) | passend dazu
        (?:lire|voir|écouter|à lire|à voir|à écouter)(?: (?:aussi|également|la suite|plus|ensuite|sur le même sujet)) | lisez (?:aussi|également) | sur le même (?:sujet|thème) | les plus (?:lus|vus|partagés|populaires) | (?:nos|notre) (?:dossiers?|sélection) | articles? (?:liés?|associés?|similaires|recommandés?|les plus lus) | vous aimerez(?: aussi)? | à ne pas manquer | à la une | à découvrir | plus d['’](?:infos?|articles) | dernières (?:infos|nouvelles|actualités) | recommandé pour vous | l['’]actu en direct
        (?:lea|lee|leer|vea|ve|ver|mira|escucha)(?: (?:también|más|además)) | te puede interesar | le puede interesar | podría interesarte | más (?:sobre|noticias|en|información|leídas?|leídos|vistas)(?: este tema)? | lo más (?:leído|visto|popular) | las más (?:leídas|vistas) | (?:noticias|artículos|temas) relacionad[oa]s | relacionado | también te puede interesar | recomendados?(?: para ti)? | últimas noticias | no te pierdas | destacad[oa]s
        leggi anche | guarda anche | ti potrebbe interessare | potrebbe interessarti | i più letti | le più lette | articoli correlati | leia (?:também|mais) | veja (?:também|mais) | saiba mais | mais lidas | (?:as )?mais lidas | notícias relacionadas"""
    )
    + r")\b(?P<rest>.*)$",
    regex.IGNORECASE | regex.DOTALL,
)
_FILLING = (
    "this that with via or our us you your it article story page now here more all be first one dit deze artikel op met "
    "via of ons onze je jou uw hier nu meer alle als eerste een der die das diesen artikel per auf mit oder uns unser hier "
    "jetzt mehr alle ihr ihre als erster cet cette ce article sur avec ou nous votre ici plus tous une un este esta en con "
    "o nosotros su tu aquí ahora más todos uno una questo su con questa neste esta via no na menu close sluiten schließen "
    "fermer cerrar foto video audio was is were has been wurde ist werd zijn été fue ha sido min mins minute minutes minuten "
    "minutos minuti ca circa approx about environ aprox etwa dieser diese dieses vous me te se sie dich du redactie redaktion rédaction redacción redazione staff"
)
_AMBIGUOUS = "up in live after open free top back home gift access under naar text seite wird après pour para texto sigue después"
_FILLERS = _TIME_WORDS.union(_NETWORKS.split(), _FILLING.split())

#: Words of buttons, boxes and menus. A short line of nothing else is one of them, whatever it asks for.
_INTERFACE = frozenset(
    word
    for words in (
        "share shared sharing email e-mail mail send print printing promoted sponsored stories story join channel group "
        "listen audio play pause watch live download app apps continue reading read reader readers scroll subscribe "
        "subscription subscriber subscribers newsletter newsletters briefing alerts notifications sign signup up log login in "
        "register account comment comments discussion conversation follow following followers like likes social media friends "
        "save saved bookmark copy copied link links menu search home close open more less show hide view views gallery "
        "slideshow photos videos ad ads advert advertisement advertising sponsor support donate get free trial offer gift "
        "premium member members membership unlock access exclusive feedback topics tags topic related recommended popular "
        "trending latest next previous back top website",
        "deel delen gedeeld mail mailen stuur versturen printen afdrukken artikel bericht verhaal lees lezen verder hieronder "
        "onder advertentie advertenties reclame gesponsord gesponsorde inhoud luister luisteren beluister bekijk kijk bekijken "
        "download downloaden word lid abonnee abonneren abonneer abonnement account inloggen aanmelden registreren inschrijven "
        "nieuwsbrief update updates ontvang wekelijkse dagelijkse gratis reageer reageren reacties reactie gesprek volg volgen "
        "kanaal whatsapp-kanaal kopieer kopiëren bewaar bewaren opslaan minder toon verberg zoek zoeken foto's video's tags "
        "onderwerp onderwerpen gerelateerd aanbevolen populair laatste nieuws naar vrienden",
        "teilen teile geteilt versenden verschicken senden mailen drucken ausdrucken artikel beitrag inhalt text seite anzeige "
        "anzeigen werbung gesponsert gesponserter wird lesen weiterlesen weiter vorlesen anhören hören ansehen abspielen "
        "herunterladen laden abo abonnent abonnenten abonnieren abonnement testen probe konto anmelden registrieren einloggen "
        "kostenlos gratis kommentar kommentare kommentieren diskutieren folgen kanal whatsapp-kanal kopieren kopiert merken "
        "speichern weniger zeigen einblenden ausblenden menü suche suchen bilder fotos galerie videos themen schlagworte "
        "empfohlen beliebt neueste nachrichten nächster vorheriger freunden",
        "partager partagez envoyer imprimer contenu texte page publicité publicités annonce annonces pub sponsorisé sponsorisée "
        "suite ci-dessous dessous après lire lisez lecture poursuivre continuer écouter écoutez regarder voir télécharger "
        "téléchargez application appli s'abonner abonner abonnez abonné abonnés abonnement compte connecter connectez "
        "inscription inscrire inscrivez gratuit gratuitement offert essai commenter commentaire commentaires réagir discussion "
        "suivre suivez chaîne lien copier copié enregistrer sauvegarder moins afficher masquer recherche rechercher photos "
        "vidéo vidéos diaporama thèmes sujets recommandé populaires dernières actualités suivant précédent pour amis",
        "compartir comparte compartido enviar envía correo imprimir artículo noticia noticias contenido texto página publicidad "
        "anuncio anuncios patrocinado patrocinada debajo abajo después leer lee leyendo lectura seguir continuar continúa sigue "
        "escuchar escucha mira descargar descarga aplicación suscribirse suscríbete suscribirme suscriptor suscriptores "
        "suscripción cuenta iniciar inicia sesión registrarse registro boletín gratis prueba comentar comentario comentarios "
        "conversación síguenos canal enlace copiar copiado guardar menos mostrar ocultar menú buscar fotos vídeo vídeos galería "
        "temas etiquetas recomendado populares últimas siguiente anterior para amigos nuestra nuestro",
        "condividi stampa invia articolo pubblicità annuncio continua leggere ascolta scarica abbonati accedi registrati iscriviti "
        "commenta commenti segui seguici copia salva compartilhar compartilhe partilhar enviar artigo publicidade anúncio "
        "continuar lendo ouvir baixar assinar entrar comentários siga salvar",
    )
    for word in words.split()
)
_INTERFACE_LENGTH = 12
#: Names of media and parts of pages, which news writes about too: alone they make no button.
_ALSO_NEWS = _FILLERS | frozenset(_AMBIGUOUS.split())
_PROSE_END = regex.compile(r"[.!?…。！？؟][\"'”’»)\]]*\s*$")
_SHORTENED_END = regex.compile(r"\b(?:min|std|sek|h|hrs?|mins?|m|p\.m|a\.m)\.$", regex.IGNORECASE)
_TEASER_END = regex.compile(r"[^.!?…]\.[\"'”’»)\]]*\s*$")


@lru_cache(maxsize=4096)
def furniture(line: str) -> Furniture | None:
    """What kind of furniture a line is; None if it may be the article's.

    >>> furniture("Share on Facebook"), furniture("Stand: 12.03.2023, 10:45 Uhr"), furniture("He shared a meal.")
    ('share box', 'timestamp', None)
    """
    parts = line.split()
    text = " ".join(parts)
    if not text or len(text) > 12 * LONGEST:
        return None
    if len(parts) > LONGEST and sum(map(str.isalnum, map(itemgetter(0), parts))) > LONGEST:
        return None  # what starts with a letter holds a word: most paragraphs of prose are told by this alone
    words = [word.casefold() for word in words_of(text)]
    if not words or len(words) > LONGEST:
        return None
    if _is_stamp(text, words):
        return "timestamp"
    if _NEWSLETTER.search(text) and (len(words) <= 4 or _ASKS.search(text)):
        return "newsletter box"
    if (found := _TEASER.match(text)) and _is_teaser(text, found["rest"], words):
        return "teaser"
    for kind, cue in _KINDS.items():
        spans = [match.span() for match in cue.finditer(text)]
        if spans and _is_little(_outside(text, spans), len(words), says=kind == "counter" and _is_prose(text)):
            return kind
    return "prompt" if _is_interface(words) else None


def _is_interface(words: list[str]) -> bool:
    """Whether a short line holds nothing but what buttons and boxes say."""
    if len(words) > _INTERFACE_LENGTH:
        return False
    bare = [_ELISION.sub("", word) for word in words if not _FIGURES.search(word)]
    return any(word in _INTERFACE and word not in _ALSO_NEWS for word in bare) and all(
        part in _INTERFACE or part in _FILLERS
        for word in bare
        for part in ([word] if word in _INTERFACE else word.split("-"))
    )


def _is_stamp(text: str, words: list[str]) -> bool:
    """Nothing but times, or a word like "updated" with a time and little else."""
    if _AGO.search(text):
        rest = words_of(_STAMP.sub(" ", _AGO.sub(" ", text)))
        return _is_little(" ".join(rest), len(words), says=_is_prose(text))
    timeless = [word for word in words if not _FIGURES.search(word) and word.strip(".") not in _TIME_WORDS]
    if not timeless:
        return _CLOCK_FIGURE.search(text) is not None or any(word in _DATE_WORDS for word in words)
    stamps = [match.span() for match in _STAMP.finditer(text) if _FIGURES.search(match["time"]) or len(words) <= 5]
    return bool(stamps) and _is_little(_outside(text, stamps), len(words), says=_is_prose(text))


def _is_teaser(text: str, rest: str, words: list[str]) -> bool:
    if len(words) > TEASER:
        return False
    opened = rest.lstrip()[:1] in (":", "|", "–", "—", "-", "»", "›", ">", "→", "·")
    return opened or not rest.strip() or not _PROSE_END.search(text)


def _is_little(rest: str, words: int, *, says: bool = False) -> bool:
    """Whether what a cue leaves of a line of so many words is filling, or too little to say anything.

    In a line that *says* something, as a sentence does, each word counts: "The video drew 1,234 views."
    """
    found = [word.casefold().strip(".") for word in words_of(rest) if not _FIGURES.search(word)]
    left = [word for word in found if word not in _FILLERS]
    return not left if says else len(left) <= min(3, words // 3)


def _is_prose(text: str) -> bool:
    return _PROSE_END.search(text) is not None and not _SHORTENED_END.search(text)


def _outside(text: str, spans: list[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts.append(text[at:start])
        at = max(at, end)
    return " ".join([*parts, text[at:]])


def heads_teasers(line: str) -> bool:
    """Whether a line is the heading of a list of teasers: "Most read", "Lees ook"."""
    text = line.strip()
    found = _TEASER.match(text)
    return found is not None and len(words_of(text)) <= HEADING and not _PROSE_END.search(text)


def may_be_teaser(line: str) -> bool:
    """Whether a line under such a heading goes on with the list: a headline, not a sentence of prose."""
    return len(words_of(line)) <= TEASER and not _TEASER_END.search(line)


def clocks(text: str) -> Iterator[tuple[int, int]]:
    """Where prose itself holds a clock: "8 hrs ago" anywhere; "8 hours ago" and "Updated 12:04" set apart at its ends."""
    for match in _AGO.finditer(text):
        if _ABBREVIATED.search(match.group()) or _set_apart(text, *match.span()):
            yield match.span()
    for match in _STAMP.finditer(text):
        if _FIGURES.search(match["time"]) and _set_apart(text, *match.span()):
            yield match.span()


def is_clock_in_label(text: str, start: int, end: int) -> bool:
    """Whether a span is a time of day in a short line that is no sentence: "By our staff | 12:04"."""
    return (
        _TIME_OF_DAY.fullmatch(text[start:end].strip()) is not None and len(text) < 120 and not _is_prose(text)
        and len(words_of(text)) <= 10
    )  # fmt: skip


def _set_apart(text: str, start: int, end: int) -> bool:
    """Whether a span opens or closes the text, and a sign (or the sentence's end) stands between it and the rest."""
    before, after = text[:start].rstrip(), text[end:].lstrip()
    inner = text[start:end].rstrip()
    words_before = words_of(before)
    if len(words_before) <= 1 and (not before or before[-1] in "([|·•–—-:" or words_before):
        return after[:1] in ".|·•–—-:)]\n" or inner[-1:] in ".|·•–—-:)]" or not after
    return not after.strip(" )].") and before[-1:] in "([|·•–—-.:"
