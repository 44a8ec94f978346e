"""Linking and screening."""

import polars
import pyarrow
import pytest

import wherewithal

RECORDS = {
    "record_id": ["bank-1", "tax-9", "registry-3"],
    "name": ["王小明", "王曉明", "王小明"],
    "number": ["11010519491231002X", "１１０１０５４９１２３１００２", "440524188001010014"],
}

LIST = [
    {
        "iname": "张三",
        "cardNum": "11010519491231002X",
        "caseCode": "（2024）苏0213执123号",
        "courtName": "无锡市梁溪区人民法院",
        "publishDate": "2025-01-10",
        "partyTypeName": "自然人",
    }
]


def test_records_of_one_sound_number_are_one_party():
    links = wherewithal.link(pyarrow.table(RECORDS))
    party = dict(zip(links.parties["record_id"].to_pylist(), links.parties["party"].to_pylist()))
    assert party["bank-1"] == party["tax-9"] != party["registry-3"]
    assert (links.counts["records"], links.counts["parties"]) == (3, 2)
    assert isinstance(wherewithal.link(polars.DataFrame(RECORDS)).parties, polars.DataFrame)
    with pytest.raises(wherewithal.TableError, match="none of the columns"):
        wherewithal.link(pyarrow.table({"x": ["1"]}))


def screened(applications):
    key = pytest.warns(wherewithal.IntakeWarning)
    with key:
        return wherewithal.screen(applications, pyarrow.Table.from_pylist(LIST), edition="2026-01-05", on="2026-01-06")


def test_an_applicant_on_the_list_is_a_match():
    found = screened(
        polars.DataFrame(
            {
                "application_id": ["ticket-1", "ticket-2"],
                "name": ["張三", "李四"],
                "identifiers": ["110105491231002", "440524188001010014"],
                "activity": ["flight", None],
            }
        )
    )
    assert [answer["outcome"] for answer in found.answers] == ["match", "clear"]
    assert found.answers[0]["restrictions"][0]["effect"] == "forbidden"
    assert (found.refused, found.list["entries"], found.list["refused"]) == ([], 1, [])


def test_what_cannot_be_read_is_counted(tmp_path):
    (tmp_path / "applications.json").write_text(
        '{"application_id": "1", "name": "李四", "identifiers": []}\n{"application_id": "2", "nam\n', encoding="utf-8"
    )
    found = screened(tmp_path / "applications.json")
    assert (len(found.answers), [record["line"] for record in found.refused]) == (1, [2])
