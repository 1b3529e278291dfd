"""Stage 3: a Python class is an engine class to ClassDB, GDScript, scenes, resources and the help."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from tests.engine.harness import Project, Run
from tests.engine.suites import RunOf, suite_tests

SUITES = ("class.gd", "class_refusals.gd", "declarations.gd", "callables.gd", "overrides.gd", "awaits.gd")

STAGE = """\
[gd_scene format=3]

[node name="Root" type="PyActor" node_paths=PackedStringArray("target")]
speed = 2.5
target = NodePath("Other")

[node name="Other" type="PyActor" parent="."]
"""


@pytest.fixture(scope="module")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> RunOf:
    @cache
    def run(suite: str) -> Run:
        addons = ["awaits", "declarations", "mistakes", "overrides", "zoo"]
        project = Project(tmp_path_factory.mktemp("class") / "p", scripts=[suite, "actor.gd"], addons=addons)
        project.write("stage.tscn", STAGE)
        return project.run_suite(suite, verbose=True)

    return run


test_the_run, test_suite = suite_tests(*SUITES)


def test_a_future_that_a_game_waits_for_is_cancelled_at_its_end(run_of: RunOf) -> None:
    assert "CANCELLED True" in run_of("awaits.gd").lines


# Documentation


@pytest.fixture(scope="module")
def skeletons(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Element]:
    """What the engine writes for somebody to fill in, by class: it holds every member that is registered."""
    project = Project(tmp_path_factory.mktemp("docs") / "p", addons=["declarations", "zoo"], client=True)
    run = project.run("--headless", "--doctool", str(project.root), "--gdextension-docs")
    run.assert_clean()
    folder = project.root / "doc_classes"
    return {path.stem: ElementTree.parse(path).getroot() for path in folder.glob("*.xml")}


@pytest.fixture(scope="module")
def references(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Element]:
    """What the editor's help is given, by class."""
    addons = ["declarations", "probe", "zoo"]
    project = Project(tmp_path_factory.mktemp("help") / "p", addons=addons, client=True)
    project.write("documents.gd", DOCUMENTS)
    project.run("--headless", "--script", "res://documents.gd", ends=True).assert_clean()
    return {path.stem: ElementTree.parse(path).getroot() for path in project.root.glob("*.xml")}


DOCUMENTS = '''\
extends SceneTree

const SOURCE := """
from pathlib import Path
from godot import _classes, documentation
for cls in _classes.declared.values():
    Path(folder, cls.__name__ + '.xml').write_text(documentation.to_xml(cls), encoding='utf-8')
"""


func _initialize() -> void:
\tPyProbe.run("folder = '%s'\\n" % ProjectSettings.globalize_path("res://") + SOURCE)
\tprint("END 0 0")
\tquit()
'''


def members(root: Element) -> Iterator[tuple[str, str, Element]]:
    """All documented members with the element that holds their text."""
    for kind in ("method", "member", "signal", "constant"):
        for node in root.iter(kind):
            description = node.find("description")
            yield kind, str(node.get("name")), node if description is None else description


@pytest.mark.parametrize("name", ["PyHTTPClient", "PyAnimal", "PyDog", "PyActor", "PyTally"])
def test_the_help_has_every_member(
    name: str, skeletons: dict[str, Element], references: dict[str, Element]
) -> None:
    registered = {(kind, member) for kind, member, _ in members(skeletons[name])}
    listed = {(kind, member) for kind, member, _ in members(references[name])}
    assert listed == registered


def test_every_member_of_the_client_is_documented(references: dict[str, Element]) -> None:
    root = references["PyHTTPClient"]
    missing = [f"{kind} {name}" for kind, name, node in members(root) if not (node.text or "").strip()]
    assert missing == []
    assert (root.findtext("brief_description") or "").strip()
    assert (root.findtext("description") or "").strip()


def test_the_help_comes_from_the_docstrings(references: dict[str, Element]) -> None:
    animal = references["PyAnimal"]
    assert animal.findtext("brief_description") == "An animal."
    assert animal.findtext("description") == "It has every sort of member."
    texts = {name: node.text for _, name, node in members(animal)}
    assert texts["speak"] == "Speaks."
    assert texts["name"] == "What it is called."
    assert texts["renamed"] == "The name has changed."
    assert texts["MEAT"] in (None, "")
    assert texts["PLANTS"] == "Leaves and the like."
    assert texts["LEGS"] == "Usually."
    assert texts["mood"] == "How it feels."


def test_the_help_of_what_plain_bases_bring(references: dict[str, Element]) -> None:
    texts = {name: node.text for _, name, node in members(references["PyTally"])}
    assert texts["count"] == "Goes one step."
    assert texts["describe"] == "Says that it has a name."
    assert texts["counted"] == "Emitted at every step."
    assert texts["LEAST"] == "It counts no lower."


def test_the_help_gives_values_as_the_engine_writes_them(references: dict[str, Element]) -> None:
    speak = references["PyDog"].find("methods/method[@name='speak']")
    assert speak is not None
    assert [
        tuple(param.get(key) for key in ("name", "type", "default")) for param in speak.findall("param")
    ] == [
        ("times", "int", "1"),
        ("sound", "String", '"woof"'),
        ("loud", "bool", "false"),
    ]


def test_the_editor_takes_the_help(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", addons=["zoo"], client=True)
    project.run("--headless", "--editor", "--quit").assert_clean()


def test_an_heir_of_a_class_whose_annotations_name_its_enum(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", addons=["heirs"])
    project.write(
        "heir.gd",
        "extends SceneTree\n\nfunc _initialize() -> void:\n\tvar heir = ClassDB.instantiate('PyHeir')\n"
        "\tprint(heir.share, ' ', heir.luck)\n\tprint('END 0 0')\n\tquit()\n",
    )
    run = project.run("--headless", "--script", "res://heir.gd", ends=True)
    run.assert_clean()
    assert "1 7" in run.lines
