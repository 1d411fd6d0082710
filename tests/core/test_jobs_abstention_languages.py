"""Answers in other languages than English that say there is none, and others that do not."""

import pytest

from minions_core.jobs import is_abstention


@pytest.mark.parametrize(
    "answer",
    [
        "Nicht im Text erwähnt.",
        "Im Text nicht erwähnt",
        "Keine Angabe",
        "Keine Angaben im Text.",
        "k.A.",
        "Nicht angegeben",
        "Wird im Text nicht erwähnt.",
        "Es ist nicht bekannt.",
        "Der Umsatz wird im Text nicht genannt.",
        "Der Text enthält keine Informationen über den Umsatz.",
        "Unbekannt",
        "Das geht aus dem Text nicht hervor.",
        "Non mentionné",
        "Non mentionné dans le texte.",
        "Non précisée",
        "Le texte ne mentionne pas le chiffre d’affaires.",  # noqa: RUF001 (as models write)
        "Aucune information",
        "Aucune information disponible dans l'extrait.",
        "Le chiffre n'est pas indiqué dans le texte.",
        "Inconnu",
        "No se menciona",
        "No se menciona en el texto.",
        "No especificado",
        "El texto no menciona los ingresos.",
        "No hay información sobre los ingresos.",
        "Desconocido",
        "Non menzionato",
        "Non è specificato nel testo.",
        "Il testo non menziona i ricavi.",
        "Nessuna informazione disponibile",
        "Não mencionado",
        "Não é mencionado no texto.",
        "O texto não menciona a receita.",
        "Não há informações sobre a receita.",
        "Niet vermeld",
        "Niet vermeld in de tekst.",
        "Wordt niet genoemd in de tekst",
        "De tekst vermeldt dit niet.",
        "Geen informatie beschikbaar",
        "Onbekend",
        "未提及",
        "未提及。",
        "文中未提及",
        "文本中没有提到相关信息。",
        "沒有提及",
        "无相关信息",
        "无法确定",
        "营业收入未在文中提及。",
        "記載なし",
        "不明",
        "テキストには記載されていません。",
        "売上高に関する情報はありません。",
        "言及されていません",
    ],
)
def test_an_answer_that_says_there_is_none_abstains(answer):
    assert is_abstention(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "Nein",
        "Keine",
        "Nicht schuldig",
        "Keine Angabe von Gründen erforderlich",
        "Der Text erwähnt Umsatz von 5 Mio.",
        "Der Vertrag ist nicht bekannt gegeben worden",
        "Unbekannte drangen ein",
        "Nicht im Text erwähnt, aber die Tabelle nennt 5.",
        "Non",
        "Aucun",
        "Non coupable",
        "Le texte ne mentionne pas 2023 mais 2022 était de 5",
        "No",
        "Ninguno",
        "No culpable",
        "El texto no menciona 2023 pero en 2022 fueron 5",
        "No se encuentra culpable",
        "Non colpevole",
        "Nessuno",
        "Não",
        "Nenhum",
        "Não culpado",
        "Nee",
        "Geen",
        "Niet schuldig",
        "没有",
        "否",
        "无罪",
        "五百万元",
        "文中提及五百万元",
        "いいえ",
        "なし",
        "売上高は五百万円です。",
    ],
)
def test_an_answer_counts(answer):
    assert not is_abstention(answer)


@pytest.mark.parametrize(
    "phrase", ["nicht im text ", "le texte ", "没有提供的", "情報は", "no se "]
)
def test_repeated_words_are_soon_recognised_or_not(phrase):
    assert not is_abstention((phrase * 100)[:299])
