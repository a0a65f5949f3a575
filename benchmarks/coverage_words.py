"""Words for a web of invented newspapers in three languages: headlines and texts by seed, and what copies are called."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

Language = str

COPY_TITLES: Mapping[Language, Sequence[str]] = {
    "en": (
        "Port Merrin’s only ferry will stop in June, and nobody has ordered a new one",
        "The last summer of the Anna Lind",
        "Port Merrin: no ferry to Skerra from July, and no plan",
        "Island of Skerra loses its ferry after closed-door vote",
        "How Port Merrin forgot to order a ferry",
        "“Cows do not read board minutes”: Skerra before its last crossing",
        "Anna Lind leaves Skerra for the last time on 30 June",
        "212 rusty plates and one missing form: the end of the Skerra ferry",
        "Harbour board of Port Merrin knew for years that its ferry was failing",
        "Nobody has ordered a new ferry for Port Merrin",
    ),
    "nl": (
        "De enige veerboot van Port Merrin stopt in juni, en niemand heeft een nieuwe besteld",
        "De laatste zomer van de Anna Lind",
        "Skerra verliest in juni zijn veerboot",
        "Havenbestuur van Port Merrin wist al jaren van de roestige veerboot",
        "“Koeien lezen geen notulen”: Skerra voor de laatste overtocht",
        "Anna Lind vaart op 30 juni voor het laatst naar Skerra",
    ),
    "de": (
        "Port Merrin verliert seine Fähre, und eine neue hat niemand bestellt",
        "Der letzte Sommer der Anna Lind",
        "Insel Skerra ohne Fähre: Was am 1. Juli fährt, weiß niemand",
        "Hafenvorstand von Port Merrin wusste seit Jahren vom Rost der Fähre",
        "„Kühe lesen keine Protokolle“: Skerra vor der letzten Überfahrt",
        "Die Anna Lind fährt am 30. Juni zum letzten Mal nach Skerra",
    ),
}

NEAR: Mapping[Language, Sequence[str]] = {
    "en": (
        "Port Merrin council {does} {thing}",
        "Ferry to {place} cancelled because of {thing}",
        "Harbour board {does} {thing}",
        "Skerra school {does} {thing}",
        "New ferry for {place} ordered after {thing}",
    ),
    "nl": (
        "Gemeenteraad van Port Merrin {does} {thing}",
        "Veerboot naar {place} vaart niet door {thing}",
        "Havenbestuur {does} {thing}",
        "School op Skerra {does} {thing}",
    ),
    "de": (
        "Stadtrat von Port Merrin {does} {thing}",
        "Fähre nach {place} fällt wegen {thing} aus",
        "Hafenvorstand {does} {thing}",
        "Schule auf Skerra {does} {thing}",
    ),
}
"""Headlines from the same town and about other ferries."""

FAR: Mapping[Language, Sequence[str]] = {
    "en": (
        "{place} {does} {thing}",
        "{who} of {place}: “We never expected {thing}”",
        "Why {thing} matters to {place}",
        "{thing} in {place}: {number} people asked",
        "{who} {does} {thing}",
    ),
    "nl": (
        "{place} {does} {thing}",
        "{who} uit {place}: “Niemand rekende op {thing}”",
        "Waarom {thing} in {place} ter sprake komt",
        "{thing} in {place}: {number} mensen gevraagd",
        "{who} {does} {thing}",
    ),
    "de": (
        "{place} {does} {thing}",
        "{who} aus {place}: „Mit {thing} hat niemand gerechnet“",
        "Warum {thing} in {place} ein Thema ist",
        "{thing} in {place}: {number} Menschen befragt",
        "{who} {does} {thing}",
    ),
}

_PLACES = (
    "Osterby", "Tarn", "Brannock", "Velden", "Kestrel Bay", "Noordergors", "Halmstrand", "Grauwerd", "Lissow", "Marleham",
    "Ostwall", "Pellworth", "Quendon", "Rietmond", "Sandeck", "Tollund", "Ulverby", "Westerkoog", "Yarrowmouth", "Zevenhoek",
)  # fmt: skip
_PEOPLE = (
    "Ida Brahm", "Jelle Oost", "Marta Quist", "Pieter Haan", "Rosa Veldkamp", "Simon Thorpe", "Uwe Lindau", "Wilma Berg",
    "Carla Dunmore", "Eero Salu", "Fenna Kuiper", "Gregor Malz", "Helen Arkwright", "Kuno Reimann", "Lotte Visser", "Owen Fairley",
)  # fmt: skip

_DOES: Mapping[Language, Sequence[str]] = {
    "en": ("votes on", "argues about", "celebrates", "counts the cost of", "waits for", "gives up on", "pays for", "rejects"),
    "nl": ("stemt over", "twist over", "viert", "betaalt voor", "wacht op", "verwerpt", "spaart voor", "vergadert over"),
    "de": ("stimmt über", "streitet über", "feiert", "zahlt für", "wartet auf", "verwirft", "spart für", "berät über"),
}  # fmt: skip
_THINGS: Mapping[Language, Sequence[str]] = {
    "en": (
        "a winter market", "the new swimming pool", "cheaper bus tickets", "the crooked church tower", "a ban on fireworks",
        "late trains", "the oldest bakery", "an exhibition of maps", "the price of firewood", "the storm of January",
        "a night school for beekeepers", "the closed cinema", "three lost goats", "the repair of a bridge", "a chess tournament",
    ),
    "nl": (
        "een wintermarkt", "het nieuwe zwembad", "goedkopere buskaartjes", "de scheve kerktoren", "een vuurwerkverbod",
        "late treinen", "de oudste bakkerij", "een tentoonstelling van kaarten", "de prijs van brandhout", "de januaristorm",
        "een avondschool voor imkers", "de gesloten bioscoop", "drie verdwaalde geiten", "het herstel van een brug", "een schaaktoernooi",
    ),
    "de": (
        "einen Wintermarkt", "das neue Schwimmbad", "billigere Busfahrkarten", "den schiefen Kirchturm", "ein Feuerwerksverbot",
        "verspätete Züge", "die älteste Bäckerei", "eine Ausstellung alter Karten", "den Preis des Brennholzes", "den Januarsturm",
        "eine Abendschule für Imker", "das geschlossene Kino", "drei verirrte Ziegen", "die Reparatur einer Brücke", "ein Schachturnier",
    ),
}  # fmt: skip

_SENTENCES: Mapping[Language, Sequence[str]] = {
    "en": (
        "{who} has lived in {place} for {number} years and has seen {thing} come and go.",
        "The council of {place} met for {hours} hours, and in the end nobody wanted to speak about {thing} any more.",
        "According to a list that hangs in the library, {number} households have something to say about {thing}.",
        "“It is not the money,” said {who}, “it is that {thing} was decided without us.”",
        "In {place}, a little further inland, they solved it with a raffle and a borrowed tractor.",
        "The next meeting is in {hours} weeks, in the gymnasium, and there will be soup.",
        "Last year {thing} cost the district {number} crowns, most of it for signs.",
        "Nobody remembers who first proposed it, but {who} keeps the letter in a drawer.",
    ),
    "nl": (
        "{who} woont al {number} jaar in {place} en heeft {thing} zien komen en gaan.",
        "De raad van {place} vergaderde {hours} uur, en aan het eind wilde niemand het nog over {thing} hebben.",
        "Volgens een lijst in de bibliotheek hebben {number} huishoudens iets te zeggen over {thing}.",
        "“Het gaat niet om het geld”, zei {who}, “maar over {thing} is zonder ons beslist.”",
        "In {place}, iets verder landinwaarts, losten ze het op met een loterij en een geleende trekker.",
        "De volgende bijeenkomst is over {hours} weken, in de gymzaal, en er is soep.",
        "Vorig jaar kostte {thing} de streek {number} kronen, vooral aan borden.",
        "Niemand weet nog wie het voorstelde, maar {who} bewaart de brief in een la.",
    ),
    "de": (
        "{who} lebt seit {number} Jahren in {place} und hat schon vieles kommen und gehen sehen.",
        "Der Rat von {place} tagte {hours} Stunden, und am Ende wollte niemand mehr darüber sprechen.",
        "Nach einer Liste in der Bücherei haben {number} Haushalte etwas dazu zu sagen.",
        "„Es geht nicht um das Geld“, sagte {who}, „sondern darum, dass es ohne uns beschlossen wurde.“",
        "In {place}, etwas weiter im Land, half man sich mit einer Tombola und einem geliehenen Traktor.",
        "Die nächste Sitzung ist in {hours} Wochen in der Turnhalle, und es gibt Suppe.",
        "Im vergangenen Jahr kostete das den Kreis {number} Kronen, das meiste davon für Schilder.",
        "Niemand weiß mehr, wer es vorschlug, aber {who} hebt den Brief in einer Schublade auf.",
    ),
}


def headline(rng: random.Random, language: Language, *, near: bool) -> str:
    """The headline of a page that has nothing to do with the story; a *near* one is from its town or about its subject."""
    title = _filled(rng, language, rng.choice((NEAR if near else FAR)[language]))
    return title[0].upper() + title[1:]


def text(rng: random.Random, language: Language) -> str:
    """Four paragraphs of some forty words."""
    return "\n\n".join(
        " ".join(_filled(rng, language, sentence) for sentence in rng.sample(_SENTENCES[language], 3)) for _ in range(4)
    )


def _filled(rng: random.Random, language: Language, pattern: str) -> str:
    return pattern.format(
        place=rng.choice(_PLACES),
        who=rng.choice(_PEOPLE),
        does=rng.choice(_DOES[language]),
        thing=rng.choice(_THINGS[language]),
        number=rng.randrange(13, 980),
        hours=rng.randrange(2, 9),
    )
