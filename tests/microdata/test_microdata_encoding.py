"""Which encoding text is read as, how that is told, and text that was read under a wrong one."""

from __future__ import annotations

import pandas as pd
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

import egovstats as eg
from egovstats.microdata.encoding import CANDIDATES, choose, python_name, readstat_name, tidy_name
from egovstats.microdata.mojibake import doubt
from egovstats.microdata.mongolian import substitutes

RUSSIAN = ("Вы доверяете правительству?", "Да, полностью", "Нет, совсем не доверяю", "Затрудняюсь ответить")
MONGOLIAN = ("Та Засгийн газарт хэр итгэдэг вэ?", "Бүрэн итгэдэг", "Огт итгэдэггүй", "Хариулахаас татгалзсан")
FRENCH = ("Confiance accordée au président", "Très élevée", "Peut-être, ça dépend", "Réponse refusée")
GREEK = ("Εμπιστοσύνη στον πρόεδρο της χώρας", "Καθόλου", "Δεν γνωρίζω", "Δεν απαντώ")
ARABIC = ("الثقة في رئيس الجمهورية", "لا أثق على الإطلاق", "لا أعرف", "رفض الإجابة")
POLISH = ("Zaufanie do prezydenta", "Zdecydowanie się nie zgadzam", "Województwo łódzkie", "żadne z tych")


@pytest.fixture
def trust(sav, column):
    """A file of one question with its labels, in an encoding, with what it declares."""

    def make(texts=RUSSIAN, **options):
        labels = dict(enumerate(texts[1:], start=1))
        rows = [(1, texts[0]), (2, texts[1])]
        return sav([column("Q1", texts[0], values=labels), column("T", width=80)], rows, **options)

    return make


def _labels(data):
    variable = data.codebook.variables["Q1"]
    return (variable.label, *variable.values.values())


@pytest.mark.parametrize(
    ("encoding", "charset", "code_page"),
    [
        ("cp1251", "windows-1251", 1251),
        ("cp1251", None, 1251),
        ("utf-8", "UTF-8", 65001),
        ("utf-8", None, 65001),
        ("koi8-r", None, 20866),
        ("iso8859-5", None, 28595),
        ("cp866", "CP866", None),
    ],
)
def test_declared_encodings(trust, encoding, charset, code_page):
    data = eg.read_microdata(trust(encoding=encoding, charset=charset, code_page=code_page))
    assert _labels(data) == RUSSIAN
    assert data.codebook.encoding_how == "declared"
    assert data.codebook.notes == ()
    assert data.frame["T"].tolist() == list(RUSSIAN[:2])


@pytest.mark.parametrize("code_page", [None, 2, 3])
def test_undeclared_utf8(trust, code_page):
    data = eg.read_microdata(trust(MONGOLIAN, charset=None, code_page=code_page))
    assert _labels(data) == MONGOLIAN
    assert (data.codebook.encoding, data.codebook.encoding_how) == ("utf-8", "utf-8")


@pytest.mark.parametrize(
    ("texts", "encoding", "name"),
    [
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (RUSSIAN, "cp866", "cp866"),
        (GREEK, "cp1253", "windows-1253"),
        (ARABIC, "cp1256", "windows-1256"),
    ],
)
def test_undeclared_old_encodings_are_guessed_by_evidence(trust, texts, encoding, name):
    data = eg.read_microdata(trust(texts, encoding=encoding, charset=None, code_page=None))
    assert _labels(data) == texts
    assert (data.codebook.encoding, data.codebook.encoding_how) == (name, "guessed")
    assert data.codebook.notes[0].startswith(
        "The encoding was guessed: the file declares no encoding, and its text is not valid UTF-8; "
        f"read as {name}, "
    )


def test_guess_that_is_not_sure_is_warned_of(trust):
    with pytest.warns(eg.DataWarning, match=r"read as windows-1252, 8 of 8 words .* Pass encoding="):
        data = eg.read_microdata(trust(FRENCH, encoding="cp1252", charset=None, code_page=None))
    assert _labels(data) == FRENCH


def test_guess_by_the_rows_where_labels_are_plain(sav, column):
    path = sav(
        [column("Q1", "trust"), column("TOWN", width=24)],
        [(1, "Улаанбаатар хот"), (2, "Архангай аймаг"), (3, "Дархан")],
        encoding="cp1251",
        charset=None,
        code_page=None,
    )
    data = eg.read_microdata(path)
    assert data.frame["TOWN"].tolist() == ["Улаанбаатар хот", "Архангай аймаг", "Дархан"]
    assert (data.codebook.encoding, data.codebook.encoding_how) == ("windows-1251", "guessed")
    assert not any("Архангай" in note for note in data.codebook.notes)


def test_declared_encoding_in_which_the_text_is_not_valid(trust):
    with pytest.warns(
        eg.DataWarning, match="the file declares utf-8, but its text is not valid in it; read as"
    ):
        data = eg.read_microdata(trust(encoding="cp1251", charset="UTF-8"))
    assert _labels(data) == RUSSIAN
    assert (data.codebook.encoding, data.codebook.encoding_how) == ("windows-1251", "guessed")


def test_no_candidate_makes_words(trust):
    chinese = ("对总统的信任程度如何", "完全不信任", "不知道", "拒绝回答")
    path = trust(chinese, encoding="gbk", charset=None, code_page=None)
    with pytest.raises(eg.SourceError) as error:
        eg.read_microdata(path)
    assert str(error.value) == (
        "the text of 'made.sav' cannot be read: the file declares no encoding, and its text is not valid UTF-8, "
        "and under none of windows-1251, koi8-r, cp866, mac-cyrillic, iso-8859-5, windows-1253, windows-1255, "
        "windows-1252, windows-1250, windows-1254, windows-1256 is it made of words. Pass encoding= with the "
        "encoding it was written in."
    )
    assert _labels(eg.read_microdata(path, encoding="gbk")) == chinese


def test_cyrillic_declared_as_latin_is_told_with_the_encoding_to_pass(trust):
    path = trust(encoding="cp1251", charset="windows-1252", code_page=1252)
    with pytest.warns(eg.DataWarning) as caught:
        data = eg.read_microdata(path)
    assert [str(each.message) for each in caught] == [
        "made.sav: text looks misread: 8 of 8 words with letters beyond ASCII are no words as windows-1252 "
        "(declared), such as 'Âû äîâåðÿåòå ïðàâèòåëüñòâó?', which would be 'Вы доверяете правительству?'. "
        "It was left as it is; pass encoding='windows-1251' if that reads right."
    ]
    assert data.codebook.notes[-1].startswith("text looks misread")
    mended = eg.read_microdata(path, encoding="windows-1251")
    assert _labels(mended) == RUSSIAN
    assert (mended.codebook.encoding, mended.codebook.encoding_how) == ("windows-1251", "given by the user")


def test_wrong_encoding_given_by_the_user_is_told(trust):
    with pytest.warns(eg.DataWarning, match=r"as iso-8859-1 \(given by the user\).*pass encoding='utf-8'"):
        eg.read_microdata(trust(), encoding="latin-1")


def test_encoding_given_in_which_the_text_is_not_valid(trust):
    with pytest.raises(eg.SourceError) as error:
        eg.read_microdata(trust(encoding="cp1251", charset=None, code_page=None), encoding="utf-8")
    assert str(error.value) == (
        "the text of 'made.sav' cannot be read as utf-8 (given by the user): some of its bytes are no letters "
        "there. Pass encoding= with the encoding it was written in, such as 'utf-8', 'windows-1251' or "
        "'windows-1252'."
    )


def test_name_that_is_no_encoding(trust):
    with pytest.raises(
        eg.SourceError, match=r"'windows-1521', which is not the name of an encoding\. Did you mean"
    ):
        eg.read_microdata(trust(), encoding="windows-1521")


def test_misread_rows_are_told_without_showing_them(sav, column):
    path = sav(
        [column("Q1", "trust"), column("NAME", width=24)],
        [(1, "Батболд Сүхийн".replace("ү", "у")), (2, "Сарангэрэл Дорж")],
        encoding="cp1251",
        charset="windows-1252",
    )
    with pytest.warns(eg.DataWarning, match="in the values of text columns") as caught:
        eg.read_microdata(path)
    text = str(caught[0].message)
    assert "pass encoding='windows-1251'" in text
    assert "Сарангэрэл" not in text
    assert "Ñàðàíãýðýë" not in text


def test_text_saved_with_the_damage_cannot_be_mended_by_encoding(trust):
    damaged = tuple(text.encode("cp1251").decode("cp1252") for text in RUSSIAN)
    with pytest.warns(eg.DataWarning, match="The damage was saved in the file .*encoding= cannot mend it"):
        eg.read_microdata(trust(damaged))


@pytest.mark.parametrize("version", [8, 12, 13])
def test_old_stata_files_declare_nothing(tmp_path, version):
    path = tmp_path / "old.dta"
    plain = "Vy doveryaete pravitelstvu?"
    assert len(plain) == len(RUSSIAN[0])
    pyreadstat.write_dta(
        pd.DataFrame({"Q1": [1, 2], "town": ["Ulaanbaatar", "Darhan"]}),
        path,
        version=version,
        column_labels=[plain, "town"],
        variable_value_labels={"Q1": {1: "Ulaanbaatar hot", 2: "Zavhan"}},
    )
    raw = path.read_bytes()
    for old, new in ((plain, RUSSIAN[0]), ("Ulaanbaatar", "Улаанбаатар"), ("Zavhan", "Завхан")):
        raw = raw.replace(old.encode(), new.encode("cp1251"))
    path.write_bytes(raw)
    data = eg.read_microdata(path)
    assert data.codebook.variables["Q1"].label == RUSSIAN[0]
    assert data.frame["town"].tolist() == ["Улаанбаатар", "Darhan"]
    assert (data.codebook.encoding, data.codebook.encoding_how) == ("windows-1251", "guessed")


def test_portable_files_lose_letters_beyond_ascii(tmp_path):
    path = tmp_path / "p.por"
    pyreadstat.write_por(
        pd.DataFrame({"Q": [1.0], "TOWN": ["Darhan"]}), path, column_labels=["Darhan hot", "town"]
    )
    plain = path.read_bytes()
    path.write_bytes(plain.replace(b"Darhan hot", "Дархан хот".encode("cp1251")))
    with pytest.warns(eg.DataWarning, match="labels that lost some: 1. Open the file in SPSS or PSPP"):
        assert eg.read_microdata(path).frame["TOWN"].tolist() == ["Darhan"]
    path.write_bytes(plain.replace(b"6/Darhan", "6/Дархан".encode("cp1251")))
    with pytest.raises(eg.SourceError, match="the columns TOWN hold letters beyond ASCII"):
        eg.read_microdata(path)
    with pytest.raises(eg.SourceError, match="cannot be read as 'cp1251': the text of a portable file"):
        eg.read_microdata(path, encoding="cp1251")


@pytest.mark.parametrize("texts", [RUSSIAN, MONGOLIAN, FRENCH, GREEK, ARABIC, POLISH])
def test_right_text_raises_no_doubt(texts):
    assert doubt(texts, "utf-8") is None


@pytest.mark.parametrize(
    ("texts", "written", "read", "better"),
    [
        (RUSSIAN, "cp1251", "windows-1252", "windows-1251"),
        (RUSSIAN, "cp1251", "iso-8859-1", "windows-1251"),
        (RUSSIAN, "koi8-r", "windows-1252", "koi8-r"),
        (RUSSIAN, "koi8-r", "windows-1251", "koi8-r"),
        (RUSSIAN, "cp866", "windows-1251", "cp866"),
        (RUSSIAN, "utf-8", "iso-8859-1", "utf-8"),
        (MONGOLIAN, "utf-8", "iso-8859-1", "utf-8"),
        (FRENCH, "utf-8", "windows-1252", "utf-8"),
        (FRENCH, "cp1252", "windows-1251", "windows-1252"),
        (GREEK, "cp1253", "windows-1252", "windows-1253"),
    ],
)
def test_misread_text_is_recognised(texts, written, read, better):
    misread = [text.encode(written).decode(read, "ignore") for text in texts]
    found = doubt(misread, read)
    assert found is not None
    assert (found.better, found.mendable) == (better, True)


MONGOLIAN_AS_TYPED = (
    "Єнєєдєр Монголд тулгамдаж байгаа хамгийн гол асуудал юу вэ?",
    "Їндсэн хуулийн єєрчлєлт",
    "Мэдэхгїй",
    "Хариулаагїй",
)


def test_substitutes_of_mongolian_letters_are_told(trust):
    path = trust(MONGOLIAN_AS_TYPED, encoding="cp1251", charset="windows-1251", code_page=1251)
    with pytest.warns(eg.DataWarning) as told:
        data = eg.read_microdata(path)
    assert _labels(data) == MONGOLIAN_AS_TYPED
    assert str(told[0].message) == (
        "made.sav: 5 words of the labels write Mongolian letters with others: 'є' for 'ө', 'ї' for 'ү', such as "
        "'Єнєєдєр'. They were left as they are and equal no label that is spelled rightly; pass codebook= with the "
        "right labels, or map these in the crosswalk."
    )


@pytest.mark.parametrize(
    ("texts", "letters"),
    [
        (["Yндсэн хууль", "єнгєрсєн", "гvйцэтгэх засаглал", "хамаарах"], {"v": "ү", "y": "ү", "є": "ө"}),
        (["Ѳнѳѳдѳр", "мѳнгѳ", "хѳтѳлбѳр"], {"ѳ": "ө"}),
        (MONGOLIAN, None),
        ([*MONGOLIAN, "Суурин газрын төрөл", "Өнөөдөр хөгжил", "Хөдөө, аймгийн төв", "Үндсэн хууль"], None),
        (RUSSIAN, None),
        (["Чи довіряєте ви уряду?", "Зовсім не довіряє", "Україна", "її", "їхній", "моєї"], None),
        (["Вообще", "yровень", "бyдущее", "доверие к правительствy", "соответствует"], None),
        (["Yes", "Very much", "Ovör"], None),
    ],
)
def test_what_is_a_substitute_and_what_is_not(texts, letters):
    found = substitutes(texts)
    assert (found.letters if found else None) == letters


def test_one_strange_word_is_no_evidence():
    assert doubt(["Ðàç"], "windows-1252") is None
    assert doubt(["plain", "text"], "windows-1252") is None


def test_stray_signs_without_words_are_taken_for_windows_1252():
    choice = choose([b"25 \xb0C", b"\x93yes\x94"], "", name="f")
    assert (choice.encoding, choice.sure) == ("windows-1252", False)


def test_label_cut_in_the_middle_of_a_letter_is_still_utf8():
    cut = "Ерөнхийлөгчид".encode()[:-1]
    assert choose([cut, "Тийм".encode()], "", name="f").encoding == "utf-8"


@pytest.mark.parametrize(
    ("name", "python", "readstat", "shown"),
    [
        ("WINDOWS-1251", "cp1251", "CP1251", "windows-1251"),
        ("cp1251", "cp1251", "CP1251", "windows-1251"),
        ("UTF-8", "utf-8", "UTF-8", "utf-8"),
        ("utf8", "utf-8", "UTF-8", "utf-8"),
        ("MACCYRILLIC", "mac-cyrillic", "MACCYRILLIC", "mac-cyrillic"),
        ("latin-1", "iso8859-1", "ISO-8859-1", "iso-8859-1"),
        ("WINDOWS-936", "gbk", "GBK", "cp936"),
    ],
)
def test_names_of_encodings(name, python, readstat, shown):
    assert (python_name(name), readstat_name(name), tidy_name(name)) == (python, readstat, shown)


@given(st.lists(st.binary(max_size=40), max_size=12))
def test_any_bytes_get_a_choice_or_our_error(pieces):
    try:
        choice = choose(pieces, "", name="f")
    except eg.SourceError:
        return  # no candidate fits, and the message says to pass encoding=
    assert choice.how in ("utf-8", "guessed")
    if choice.how == "guessed":
        assert choice.note
        assert choice.encoding in CANDIDATES


@given(
    st.lists(st.text(max_size=30), max_size=10), st.sampled_from(["utf-8", "windows-1252", "windows-1251"])
)
def test_doubt_takes_any_text(texts, encoding):
    found = doubt(texts, encoding)
    assert found is None or 0 < found.bad <= found.words
