"""How a copy says where it comes from, as sentences to search for. One line a language and formula; contains no logic.

`archive.match.credit` recognises such sentences in all their variety; here stand those that are most likely to be printed
word for word. "{name}" is the outlet. Seen in print (2015 to 2026): en, nl, de, fr, es, it, pt, pl, ro, sr, sv, da; the
others, and whatever VICE itself prints in them, are modelled on the same pattern and unconfirmed.
"""

from __future__ import annotations

FORMULAS = {
    "en": ("This article originally appeared on {name}", "This article was originally published on {name}"),
    "nl": ("Dit artikel verscheen oorspronkelijk op {name}", "Dit artikel is oorspronkelijk gepubliceerd op {name}"),
    "de": ("Dieser Artikel ist zuerst bei {name} erschienen", "Dieser Artikel erschien ursprünglich auf {name}"),
    "fr": ("Cet article a d’abord été publié sur {name}", "Cet article a été initialement publié sur {name}"),
    "es": ("Este artículo se publicó originalmente en {name}", "Este artículo apareció originalmente en {name}"),
    "it": ("Questo articolo è apparso originariamente su {name}", "Questo articolo è stato originariamente pubblicato su {name}"),
    "pt": ("Este artigo foi publicado originalmente em {name}", "Esta matéria foi originalmente publicada na {name}"),
    "sv": ("Den här artikeln publicerades ursprungligen på {name}",),
    "da": ("Denne artikel blev oprindeligt bragt på {name}",),
    "no": ("Denne artikkelen ble opprinnelig publisert på {name}",),
    "pl": ("Artykuł pierwotnie ukazał się na {name}", "Ten artykuł pierwotnie ukazał się na {name}"),
    "ro": ("Acest articol a apărut inițial pe {name}",),
    "cs": ("Tento článek původně vyšel na {name}",),
    "ru": ("Эта статья впервые опубликована на {name}",),
    "el": ("Το άρθρο δημοσιεύτηκε αρχικά στο {name}",),
    "sr": ("Ovaj članak je prvobitno objavljen na {name}",),
}  # fmt: skip
