"""Files of questions: what they hold, and what is said of lines that are not as they should be."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.bench import Place, read_dataset
from minions_core.errors import UsageError
from tests.bench.made import jsonl

LINE = {"document": "It is 42. It is blue.", "question": "What is it?", "answer": "42"}


def read(folder, *lines):
    return read_dataset(jsonl(folder / "asked.jsonl", *lines))


def test_a_line_is_a_question(tmp_path):
    (question,) = read(tmp_path, LINE)
    assert (question.text, question.answers) == ("What is it?", ("42",))


def test_a_text_is_the_document(tmp_path):
    (question,) = read(tmp_path, LINE)
    assert [document.text for document in question.documents] == ["It is 42. It is blue."]


def test_several_texts_are_several_documents(tmp_path):
    (question,) = read(tmp_path, {**LINE, "document": ["One.", "Two."]})
    assert [document.name for document in question.documents] == ["document 1", "document 2"]


def test_a_path_is_read_from_the_folder_of_the_file(tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("It is 42.")
    (question,) = read(tmp_path, {**LINE, "document": None, "path": "notes/a.txt"})
    assert question.documents[0].text == "It is 42."


def test_a_document_has_the_name_the_line_gives_it(tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("It is 42.")
    (question,) = read(tmp_path, {**LINE, "document": None, "path": "notes/a.txt"})
    assert question.documents[0].name == "notes/a.txt"


def test_several_paths_are_several_documents(tmp_path):
    (tmp_path / "a.txt").write_text("One.")
    (tmp_path / "b.txt").write_text("Two.")
    (question,) = read(tmp_path, {**LINE, "document": None, "path": ["a.txt", "b.txt"]})
    assert [document.text for document in question.documents] == ["One.", "Two."]


def test_the_same_documents_are_held_once(tmp_path):
    first, second = read(tmp_path, LINE, {**LINE, "question": "Which colour?"})
    assert first.documents is second.documents


def test_a_file_is_read_once(tmp_path):
    (tmp_path / "a.txt").write_text("It is 42. " * 100)
    line = {**LINE, "document": None, "path": "a.txt"}
    first, second = read(tmp_path, line, line)
    assert first.documents[0].text is second.documents[0].text


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\u0085", "\x0c"])
def test_only_a_line_feed_ends_a_line(tmp_path, mark):
    line = json.dumps({**LINE, "question": f"What{mark}is it?"}, ensure_ascii=False)
    (question,) = read(tmp_path, line)
    assert question.text == f"What{mark}is it?"


def test_lines_of_windows_are_lines(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(f"{json.dumps(LINE)}\r\n\r\n".encode())
    assert len(read_dataset(tmp_path / "a.jsonl")) == 1


def test_brackets_without_end_are_told(tmp_path):
    with pytest.raises(UsageError, match="line 1: it is not JSON"):
        read(tmp_path, "[" * 100_000)


@pytest.mark.parametrize("field", ["document", "question", "answer", "id"])
def test_what_cannot_be_written_is_replaced(tmp_path, field):
    (question,) = read(tmp_path, {**LINE, field: "It is\ud800."})
    shown = [question.documents[0].text, question.text, *question.answers, question.id]
    assert "It is\ufffd." in shown


@pytest.mark.parametrize("answer", [None, "", [], [""], "  "])
def test_no_answer_is_that_the_documents_do_not_tell(tmp_path, answer):
    (question,) = read(tmp_path, {**LINE, "answer": answer})
    assert question.answers == ()


def test_any_of_several_answers_is_right(tmp_path):
    (question,) = read(tmp_path, {**LINE, "answer": ["42", "forty-two"]})
    assert question.answers == ("42", "forty-two")


def test_an_answer_may_be_a_number(tmp_path):
    (question,) = read(tmp_path, {**LINE, "answer": [42, 4.5]})
    assert question.answers == ("42", "4.5")


def test_evidence_may_be_words(tmp_path):
    (question,) = read(tmp_path, {**LINE, "evidence": ["It is 42."]})
    assert question.evidence == ((Place(0, 0, 9),),)


def test_words_that_stand_in_several_places_may_be_found_in_any(tmp_path):
    (question,) = read(tmp_path, {**LINE, "evidence": ["It is"]})
    assert question.evidence == ((Place(0, 0, 5), Place(0, 10, 15)),)


def test_words_are_found_over_other_line_breaks(tmp_path):
    (question,) = read(tmp_path, {**LINE, "evidence": ["It is\nblue."]})
    assert question.evidence == ((Place(0, 10, 21),),)


def test_evidence_may_be_characters(tmp_path):
    (question,) = read(tmp_path, {**LINE, "evidence": [[6, 8]]})
    assert question.evidence == ((Place(0, 6, 8),),)


def test_evidence_may_name_its_document(tmp_path):
    (question,) = read(tmp_path, {**LINE, "document": ["One.", "Two."], "evidence": [[1, 0, 3]]})
    assert question.evidence == ((Place(1, 0, 3),),)


def test_without_evidence_it_is_not_known(tmp_path):
    (question,) = read(tmp_path, {**LINE, "evidence": []})
    assert question.evidence is None


def test_a_question_is_called_what_the_line_says(tmp_path):
    (question,) = read(tmp_path, {**LINE, "id": 7})
    assert question.id == "7"


def test_a_question_without_a_name_is_called_by_its_line(tmp_path):
    (question,) = read(tmp_path, "", LINE)
    assert question.id == "q2"


def test_other_fields_are_left_alone(tmp_path):
    assert len(read(tmp_path, {**LINE, "source": {"page": 3}})) == 1


def test_a_byte_order_mark_does_no_harm(tmp_path):
    path = tmp_path / "asked.jsonl"
    path.write_text(json.dumps(LINE), encoding="utf-8-sig")
    assert len(read_dataset(path)) == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: it is not JSON"),
        ("[1]", "line 2: it is not a JSON object"),
        ({**LINE, "question": 4}, "line 2: `question` must be a text"),
        ({**LINE, "question": " "}, "line 2: `question` is empty"),
        ({"document": "It.", "question": "What?"}, "line 2: `answer` is missing"),
        ({**LINE, "answer": {"a": 1}}, "line 2: `answer` must be a text, a number"),
        ({**LINE, "answer": True}, "line 2: `answer` must be a text, a number"),
        ({**LINE, "document": 4}, "line 2: `document` must be a text"),
        ({**LINE, "document": ""}, "line 2: `document`: context is empty"),
        ({**LINE, "document": None}, "line 2: it must have either `document` or `path`"),
        ({**LINE, "path": "a.txt"}, "line 2: it must have either `document` or `path`"),
        ({**LINE, "document": None, "path": "no.txt"}, "line 2: `path`: .*no.txt is not there"),
        ({**LINE, "evidence": "It is 42."}, "line 2: `evidence` must be a list"),
        ({**LINE, "evidence": [[1]]}, "line 2: `evidence` must be a list"),
        ({**LINE, "evidence": ["It is red."]}, "line 2: `evidence` 'It is red.' stands in no"),
        ({**LINE, "evidence": ["x" * 99]}, r"line 2: `evidence` 'x{60}\.\.\.' stands in no"),
        ({**LINE, "evidence": [" "]}, "line 2: `evidence` ' ' stands in no"),
        ({**LINE, "evidence": [[4, 99]]}, "line 2: `evidence` .4, 99. is no stretch"),
        ({**LINE, "evidence": [[4, 4]]}, "line 2: `evidence` .4, 4. is no stretch"),
        ({**LINE, "evidence": [[1, 4, 5]]}, "line 2: `evidence` .1, 4, 5. is no stretch"),
        (
            {**LINE, "document": ["One.", "Two."], "evidence": [[1, 2]]},
            r"line 2: `evidence` .1, 2. does not say in which of 2 documents",
        ),
        ({**LINE, "id": "q1"}, "line 2: `id` 'q1' was given before"),
        ({**LINE, "id": ["q1"]}, "line 2: `id` must be a text or a number"),
    ],
)
def test_a_line_that_is_wrong_is_told_with_its_field(tmp_path, line, said):
    with pytest.raises(UsageError, match=said):
        read(tmp_path, LINE, line)


def test_a_file_without_questions_is_told(tmp_path):
    with pytest.raises(UsageError, match="has no questions"):
        read(tmp_path, "", "")


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UsageError, match=r"no\.jsonl cannot be read: No such file"):
        read_dataset(tmp_path / "no.jsonl")


def test_a_file_that_is_no_text_is_told(tmp_path):
    path = tmp_path / "asked.jsonl"
    path.write_bytes(b"\xff\xfe{")
    with pytest.raises(UsageError, match="it is not UTF-8 text"):
        read_dataset(path)


def error_in(path):
    """What is said of a file; None if it is read."""
    try:
        read_dataset(path)
    except UsageError as error:
        return str(error)
    return None


@given(line=st.dictionaries(
    st.sampled_from(["question", "answer", "document", "path", "evidence", "id"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text("ab \u00e9*\n", max_size=5),
        lambda inner: st.lists(inner, max_size=3),
        max_leaves=5,
    ),
))  # fmt: skip
def test_a_line_of_any_sort_is_read_or_told_of(tmp_path_factory, line):
    path = jsonl(tmp_path_factory.mktemp("lines") / "asked.jsonl", line)
    said = error_in(path)
    assert said is None or "asked.jsonl, line 1: " in said


def test_other_documents_make_another_question(tmp_path):
    first, second = read(tmp_path, LINE, {**LINE, "document": "It is 43."})
    assert first.digest != second.digest


def test_another_key_makes_no_other_question(tmp_path):
    first, second = read(tmp_path, LINE, {**LINE, "answer": "43"})
    assert first.digest == second.digest
