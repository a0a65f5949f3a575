"""Agency copy, press releases, and whose words a quotation is: in the places where they stand, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.match.source import Source, attribution, common, sources_in
from archive.text import quotations

BODY = "\n".join(
    (
        "The ministers met for nine hours before they found an agreement on the budget for the coming year.",
        "Several members of the council said that they had not read the whole document before they voted on it.",
        "Nothing in the text says who will pay for the dikes, which have to be raised by half a metre in ten years.",
        "The next meeting is planned for the second week of March, in the same hall as the one before it.",
        "Farmers had blocked the road to the town with forty tractors since the early hours of the morning.",
        "A spokeswoman for the farmers announced further protests, unless the rules for manure are changed.",
    )
)


def agencies(text: str, byline: str | None = None) -> list[str]:
    return [source.name for source in sources_in(text, byline) if source.kind == "agency"]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("MOSCOW, Jan 19 (Reuters) - A former president said on Thursday that defeat could lead to war.", ["Reuters"]),
        ("BRUSSEL (ANP) - De ministers zijn het eens geworden over de begroting.", ["ANP"]),
        ("BRUSSEL (ANP) De ministers zijn het eens geworden over de begroting.", ["ANP"]),
        ("MOSKOU (ANP/RTR) - Een voormalig president heeft gewaarschuwd.", ["Reuters", "ANP"]),
        ("WASHINGTON (AP) — The Senate voted on Thursday.", ["AP"]),
        ("Berlin (dpa) - Die Minister haben sich geeinigt.", ["dpa"]),
        ("Berlin (dpa/bb) - Die Minister haben sich geeinigt.", ["dpa"]),
        ("PARIS, 19 jan 2023 (AFP) - Les ministres se sont mis d'accord.", ["AFP"]),
        ("Paris (AFP) – Les ministres se sont mis d'accord.", ["AFP"]),
        ("Madrid, 19 ene (EFE).- Los ministros han llegado a un acuerdo.", ["EFE"]),
        ("MADRID, 19 (EUROPA PRESS) - Los ministros han llegado a un acuerdo.", ["Europa Press"]),
        ("(ANSA) - ROMA, 19 GEN - I ministri hanno trovato un accordo.", ["ANSA"]),
        ("Roma, 19 gen. (Adnkronos) - I ministri hanno trovato un accordo.", ["Adnkronos"]),
        ("МОСКВА, 19 января. /ТАСС/. Бывший президент заявил о войне.", ["TASS"]),
        ("МОСКВА, 19 янв - РИА Новости. Бывший президент заявил о войне.", []),
        ("МОСКВА, 19 янв (Рейтер) - Бывший президент заявил о войне.", ["Reuters"]),
        ("BEIJING, Jan. 19 (Xinhua) -- The ministers agreed.", ["Xinhua"]),
        ("新华社北京1月19日电 部长们达成了一致。", ["Xinhua"]),
        ("【モスクワ共同】前大統領は19日、戦争を警告した。", ["Kyodo"]),
        ("(서울=연합뉴스) 홍길동 기자 = 장관들이 합의했다.", ["Yonhap"]),
        ("Warszawa (PAP) - Ministrowie doszli do porozumienia.", ["PAP"]),
        ("Lisboa, 19 jan 2023 (Lusa) – Os ministros chegaram a acordo.", ["Lusa"]),
        ("ANKARA (AA) - Bakanlar anlaştı.", ["Anadolu"]),
        ("Source: AP", ["AP"]),
        ("Bron: ANP", ["ANP"]),
        ("Bron: ANP/Reuters", ["Reuters", "ANP"]),
        ("Quelle: dpa", ["dpa"]),
        ("(Reuters)", ["Reuters"]),
        ("© AFP", []),  # at the beginning it stands under the picture
    ],
)
def test_a_text_begins_with_its_source(line: str, names: list[str]) -> None:
    assert agencies(f"Ministers agree\n{line}\n{BODY}") == names
    for source in sources_in(f"{line}\n{BODY}"):
        assert source.start is not None
        assert source.text in line


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("© AFP", ["AFP"]),
        ("© dpa-infocom, dpa:230119-99-279/3", ["dpa"]),
        ("Copyright 2023 The Associated Press. All rights reserved.", ["AP"]),
        ("The Associated Press contributed to this report.", ["AP"]),
        ("Bron: ANP", ["ANP"]),
        ("Źródło: PAP", ["PAP"]),
        ("Kaynak: AA", ["Anadolu"]),
        ("Fonte: ANSA", ["ANSA"]),
        ("Por EFE", []),
        ("Con información de EFE/Reuters", ["Reuters", "EFE"]),
        ("Com informações da Reuters", ["Reuters"]),
        ("(mit Material von dpa)", ["dpa"]),
        ("avec AFP", ["AFP"]),
        ("По материалам ТАСС", ["TASS"]),
        ("(With inputs from PTI)", ["PTI"]),
        ("来源：新华社", ["Xinhua"]),
        ("المصدر: رويترز", ["Reuters"]),
        ("dpa/AFP/kaf", ["AFP", "dpa"]),
        ("(Reporting by Jane Doe in Riga; Editing by John Roe)", ["Reuters"]),
        ("Our Standards: The Thomson Reuters Trust Principles.", ["Reuters"]),
        ("They will meet again on Monday, the ministry said. (dpa)", ["dpa"]),
        ("They will meet again on Monday, the ministry said. – Reuters", ["Reuters"]),
        ("With agencies", [""]),
        ("mit Agenturen", [""]),
    ],
)
def test_a_text_ends_with_its_source(line: str, names: list[str]) -> None:
    assert agencies(f"{BODY}\n{line}") == names
    assert agencies(f"{BODY}\n{line}\nShare this article with your friends, wherever they are.") == names


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Reuters", ["Reuters"]),
        ("Reuters Staff", ["Reuters"]),
        ("Jane Doe, Reuters", ["Reuters"]),
        ("By The Associated Press", ["AP"]),
        ("AP", ["AP"]),
        ("ANP / redactie", ["ANP"]),
        ("AFP and dpa", ["AFP", "dpa"]),
        ("EFE", ["EFE"]),
        ("Michael Bloomberg", []),
        ("Jane Doe, MD, PA-C", []),
        ("Jane Doe", []),
        ("Ap Dijksterhuis", []),
        ("Belga Queen", ["Belga"]),  # a name that cannot be told apart
    ],
)
def test_a_byline_names_it(byline: str, names: list[str]) -> None:
    assert agencies(BODY, byline) == names
    assert all(source.start is None for source in sources_in(BODY, byline))


@pytest.mark.parametrize(
    "text",
    [
        "Reuters will cut 40 jobs in Riga\nReuters, the news agency, will cut 40 jobs, its director said.",
        "The news agency Reuters (London) was founded in 1851 and has been sold twice.",
        "Agency founders\nPaul Reuter (Reuters) and Charles Havas (AFP) met in Paris, and never agreed again.",
        "The director of TASS spoke - Xinhua was not invited to the meeting in Moscow.",
        "REUTERS/Jane Doe\nThe ministers met for nine hours.",
        "Foto: ANP\nThe ministers met for nine hours.",
        "Beeld ANP\nThe ministers met for nine hours.",
        "ap rights: a lawsuit about apps (ap)\nThe ministers met.",
        "The farmers left (PA) at nine, and were not seen again by anybody.",
        "Medvedev told Reuters that he would not come, and Reuters reported it.",
        "A news release was read aloud by the mayor, who had not written it.",
    ],
)
def test_a_text_about_an_agency_is_not_its_copy(text: str) -> None:
    assert sources_in(f"{text}\n{BODY}") == ()
    assert sources_in(f"{BODY}\n{text}\n{BODY}") == ()
    assert sources_in(f"{BODY}\n{text}") == ()


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("LAS VEGAS, Jan. 11, 2012 /PRNewswire/ -- Ford today announced a collaboration.", "PR Newswire"),
        ("NEW YORK--(BUSINESS WIRE)--The company today announced its results.", "Business Wire"),
        ("TORONTO, Jan. 19, 2023 (GLOBE NEWSWIRE) -- The company today announced its results.", "GlobeNewswire"),
        ("Berlin (ots) - Der Verband hat heute seine Zahlen vorgelegt.", "news aktuell"),
        ("FOR IMMEDIATE RELEASE", ""),
        ("PRESS RELEASE – The company announced its results", ""),
        ("Persbericht", ""),
        ("Pressemitteilung: Der Verband legt Zahlen vor", ""),
        ("COMMUNIQUÉ DE PRESSE", ""),
        ("Nota de prensa", ""),
        ("Пресс-релиз", ""),
        ("プレスリリース", ""),
    ],
)
def test_a_press_release_says_so(line: str, name: str) -> None:
    found = sources_in(f"{line}\n{BODY}")
    assert [(source.kind, source.name) for source in found] == [("press_release", name)]


@pytest.mark.parametrize(
    "line",
    [
        "SOURCE Ford Motor Company",
        "Noot voor de redactie: beeld is op aanvraag beschikbaar.",
        "Pressekontakt:",
        "Original-Content von: Verband der Deiche, übermittelt durch news aktuell",
    ],
)
def test_a_press_release_ends_like_one(line: str) -> None:
    assert {source.kind for source in sources_in(f"{BODY}\n{line}")} == {"press_release"}


def test_what_two_texts_share() -> None:
    a = sources_in(f"MOSKOU (ANP/RTR) - Een oud-president waarschuwt.\n{BODY}")
    b = sources_in(f"MOSCOW, Jan 19 (Reuters) - A former president warns.\n{BODY}")
    (pair,) = common(a, b)
    assert pair.sentence == "both name Reuters: a common source, neither need be the copy of the other"
    assert common(a, sources_in(f"Berlin (dpa) - Ein Altpräsident warnt.\n{BODY}")) == ()
    nameless = sources_in(f"{BODY}\nWith agencies")
    assert nameless
    assert common(nameless, nameless) == ()
    wire = sources_in(f"RIGA, Jan. 19 /PRNewswire/ -- The company has a new ship.\n{BODY}")
    release = sources_in(f"Persbericht\n{BODY}")
    (pair,) = common(release, wire)
    assert pair.sentence.startswith("both are marked as a press release by way of PR Newswire")


@given(st.text(), st.none() | st.text())
def test_any_text_can_be_asked(text: str, byline: str | None) -> None:
    for source in sources_in(text, byline):
        assert isinstance(source, Source)
        if source.start is not None and source.end is not None:
            assert text[source.start : source.end].strip() == source.text


# --- quotations --------------------------------------------------------------------------------------------


SPOKEN = {
    "en": [
        ("“A defeat may set off a war,” Medvedev said in his message.", ["Medvedev"]),
        ("“A defeat may set off a war,” said Dmitry Medvedev, the former president.", ["Dmitry Medvedev"]),
        ("Medvedev said: “A defeat may set off a war.”", ["Medvedev"]),
        (
            "Dmitry Medvedev, a former president, wrote on Telegram that “a defeat may set off a war”.",
            ["Dmitry Medvedev"],
        ),
        ("“The sea does not read reports,” she said. “Next time I want to leave.”", ["she", "she"]),
        ("According to Marta Lindqvist, the wall was “never meant to last”.", ["Marta Lindqvist"]),
        ("“We will open every drawer,” the statement reads.", ["the statement"]),
        ("“I was wrong,” I said to nobody in particular.", [None]),
        ("He called it “a regrettable mistake” and went home.", [None]),
        ("“Satan” is a missile that Russia said would be ready by May.", [None]),
    ],
    "nl": [
        (
            "“De nederlaag kan een oorlog ontketenen,” zei Medvedev in zijn bericht, volgens een vertaling van Reuters. "
            "“Machten hebben nog nooit verloren.”",
            ["Medvedev", "Medvedev"],
        ),
        (
            "‘Ons werd verteld dat deze muur zou blijven,’ zegt Marta Lindqvist, die haring verkoopt.",
            ["Marta Lindqvist"],
        ),
        ("“Dat gaat zo niet”, aldus burgemeester Henrik Aalto.", ["burgemeester Henrik Aalto"]),
        ("Volgens de burgemeester was het “een vergissing”.", ["de burgemeester"]),
        ("Dit wordt ook wel ‘nucleaire afpersing’ genoemd.", [None]),
    ],
    "de": [
        ("„Man hat uns gesagt, sie werde halten“, sagt Marta Lindqvist, die Hering verkauft.", ["Marta Lindqvist"]),
        ("„Das geht so nicht“, so Bürgermeister Henrik Aalto.", ["Bürgermeister Henrik Aalto"]),
        ("Laut Angela Merkel war es „ein Versehen“.", ["Angela Merkel"]),
        ("Der Minister sagte: „Das geht so nicht.“", ["Der Minister"]),
    ],
    "fr": [
        ("« Une défaite peut déclencher une guerre », a déclaré Dmitri Medvedev jeudi.", ["Dmitri Medvedev"]),
        ("Selon Emmanuel Macron, c'est « une erreur ».", ["Emmanuel Macron"]),
        ("« Une défaite », a-t-il ajouté, avant de partir.", ["il"]),
    ],
    "es": [
        ("«Una derrota puede desatar una guerra», dijo Medvédev el jueves.", ["Medvédev"]),
        ("Según Pedro Sánchez, fue “un error”.", ["Pedro Sánchez"]),
    ],
    "it": [("«Una sconfitta può scatenare una guerra», ha detto Medvedev giovedì.", ["Medvedev"])],
    "pt": [("“Uma derrota pode desencadear uma guerra”, disse Medvedev na quinta-feira.", ["Medvedev"])],
    "pl": [("„Porażka może wywołać wojnę” – powiedział Miedwiediew w czwartek.", ["Miedwiediew"])],
    "ru": [
        ("«Поражение может спровоцировать войну», — заявил Медведев в четверг.", ["Медведев"]),
        ("Медведев написал: «Поражение может спровоцировать войну».", ["Медведев"]),
        ("По словам Медведева, это «ошибка».", ["Медведева"]),
    ],
    "tr": [
        ("Medvedev, “Bir yenilgi savaşa yol açabilir” dedi.", ["Medvedev"]),
        ("Medvedev şunları söyledi: “Bir yenilgi savaşa yol açabilir.”", ["Medvedev"]),
    ],
    "ar": [("وقال ميدفيديف: «الهزيمة قد تؤدي إلى حرب».", ["ميدفيديف"])],
    "zh": [
        ("梅德韦杰夫说：“失败可能引发战争。”", ["梅德韦杰夫"]),
        ("“失败可能引发战争，”梅德韦杰夫说。", ["梅德韦杰夫"]),
    ],
    "ja": [("メドベージェフ氏は「敗北は戦争につながる」と述べた。", ["メドベージェフ氏"])],
    "ko": [("메드베데프는 “패배는 전쟁을 부를 수 있다”고 말했다.", ["메드베데프"])],
}


@pytest.mark.parametrize(
    ("language", "text", "speakers"),
    [(language, text, speakers) for language, cases in SPOKEN.items() for text, speakers in cases],
)
def test_whose_words_a_quotation_is(language: str, text: str, speakers: list[str | None]) -> None:
    found = [attribution(text, quotation, language) for quotation in quotations(text)]
    assert [one.speaker if one else None for one in found] == speakers
    for one in found:
        if one is not None:
            assert one.speaker in text[one.start : one.end]


def test_the_outlet_and_the_author_are_no_third_party() -> None:
    text = "“We regret the mistake,” said Motherboard on Friday."
    (quotation,) = quotations(text)
    assert attribution(text, quotation, "en") is not None
    assert attribution(text, quotation, "en", own=("Motherboard",)) is None


@given(st.text(alphabet="AaZz .,“”:«»「」とはsaid说：\n"))
def test_any_quotation_can_be_asked(text: str) -> None:
    for language in ("en", "fr", "zh", "ja", "tr", "xx"):
        for quotation in quotations(text):
            found = attribution(text, quotation, language)
            assert found is None or 0 <= found.start < found.end <= len(text)
