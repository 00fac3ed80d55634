# SPDX-License-Identifier: MIT
"""examples/kubernetes/job.yaml: keeps to the schema of Kubernetes, means what the program does, and does a list."""

import concurrent.futures
import copy
import json
import os
import re
import subprocess

import pytest
import yaml

import container
import pages
import pictures
from runner import ROOT, manifest, run, write_list

DOCUMENTS = list(yaml.safe_load_all((ROOT / "examples/kubernetes/job.yaml").read_text("utf-8")))


def of_kind(kind, documents=DOCUMENTS):
    return next(document for document in documents if document["kind"] == kind)


JOB = of_kind("Job")["spec"]
POD = JOB["template"]["spec"]
CONTAINER = POD["containers"][0]
ENVIRONMENT = {entry["name"]: entry["value"] for entry in CONTAINER["env"]}
OPTIONS = dict(re.fullmatch(r"(--[a-z-]+)=(.*)", arg).groups() for arg in CONTAINER["args"][:-1])


def changed(path, value):
    """The documents with another value at that path in the job."""
    documents = copy.deepcopy(DOCUMENTS)
    place = of_kind("Job", documents)
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return documents


IN_CONTAINER = ("spec", "template", "spec", "containers", 0)

# What the schema forbids, with a word of the sentence that says so.
WRONG = {
    "a field that is not there": (("spec", "completion"), 16, "'\"completion\"' does not exist"),
    "one deep inside": ((*IN_CONTAINER, "securityContext", "readOnlyFilesystem"), True, "readOnlyFilesystem"),
    "text for a number": (("spec", "completions"), "16", "must be integer"),
    "half a pod": (("spec", "parallelism"), 0.5, "must be integer"),
    "a number for text": ((*IN_CONTAINER, "env", 0, "value"), 16, "must be string"),
    "no such mode": (("spec", "completionMode"), "Numbered", "must be equal to one of"),
    "no such action": (("spec", "podFailurePolicy", "rules", 0, "action"), "Skip", "must be equal to one of"),
    "no containers": (("spec", "template", "spec"), {"restartPolicy": "Never"}, "containers"),
    "a list for a map": ((*IN_CONTAINER, "resources", "limits"), ["2"], "must be object"),
}  # fmt: skip


def breaches(cases):
    """What is wrong with each of these lists of documents, by name."""
    subprocess.run(
        ["sh", "-euc", ". scripts/build.sh; . scripts/modules.sh; node_modules kubernetes"], cwd=ROOT, check=True
    )
    done = subprocess.run(
        ["node", ROOT / "tests/kubernetes/check.mjs"], input=json.dumps(cases), stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout)


def test_schema():
    """Goal: every document is as the API's schema says; the test that says so sees what is not."""
    wrong = {name: changed(path, value) for name, (path, value, _) in WRONG.items()}
    found = breaches({"the example": DOCUMENTS, **wrong})
    assert found.pop("the example") == []
    assert found.keys() == WRONG.keys()
    for name, (_, _, word) in WRONG.items():
        assert any(word in sentence for sentence in found[name]), (name, found[name])


def test_what_the_schema_does_not_say():
    """Goal: what Kubernetes demands beyond its schema of indexes and of policies for failures."""
    assert JOB["completionMode"] == "Indexed" and JOB["completions"] >= JOB["parallelism"]
    assert POD["restartPolicy"] == "Never" and "backoffLimitPerIndex" in JOB
    for rule in JOB["podFailurePolicy"]["rules"]:
        codes = rule.get("onExitCodes")
        assert ("onPodConditions" in rule) != (codes is not None)
        if codes is not None:
            assert codes["containerName"] == CONTAINER["name"] and codes["values"] == sorted(codes["values"])
    assert {v["name"] for v in POD["volumes"]} == {m["name"] for m in CONTAINER["volumeMounts"]}
    by_name = {v["name"]: v for v in POD["volumes"]}
    assert by_name["list"]["configMap"]["name"] == of_kind("ConfigMap")["metadata"]["name"]
    claim = by_name["results"]["persistentVolumeClaim"]["claimName"]
    assert claim == of_kind("PersistentVolumeClaim")["metadata"]["name"]


def test_what_the_program_says():
    """Goal: the options are the program's, and what stands in two places is the same."""
    helped = run("--help", "all").out
    for option in OPTIONS:
        assert re.search(rf"^ .*{option} ", helped, re.MULTILINE), option
    assert ENVIRONMENT == {"EDGEFETCH_SHARDS": str(JOB["completions"])}
    assert CONTAINER["image"] == "edgefetch:" + run("--version").out.split()[1]
    assert {OPTIONS["--workers"]} == {CONTAINER["resources"][kind]["cpu"] for kind in ("requests", "limits")}
    seconds = [int(re.search(rf" --{name} [^(]*\((\d+)\)", helped)[1]) for name in ("timeout", "worker-timeout")]
    assert POD["terminationGracePeriodSeconds"] == sum(seconds)


def action(code, disrupted=False):
    """What becomes of a pod that ended with this code: the action of the first rule that fits."""
    for rule in JOB["podFailurePolicy"]["rules"]:
        if "onPodConditions" in rule and disrupted or code in rule.get("onExitCodes", {}).get("values", ()):
            return rule["action"]
    return "Count"


def test_exit_codes():
    """Goal: every exit code that `--help all` names has its fate; what another attempt may cure is tried again."""
    fates = {1: "FailIndex", 2: "FailJob", 3: "FailIndex", 4: "FailIndex", 75: "Count", 130: "Count"}
    told = run("--help", "all").out.split("Exit:")[1]
    assert {int(code) for code in re.findall(r"\b(\d+) [a-z]", told)} == {0, *fates}
    assert {code: action(code) for code in fates} == fates
    assert action(75, disrupted=True) == action(137, disrupted=True) == "Ignore"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
def test_indexes_do_the_list(faults, tmp_path):
    """Goal: in containers like the job's, with the whole sandbox, the indexes together do every URL once, and no host
    is asked by two."""
    faults.add("/a.png", pages.good(pictures.png()))
    urls = {f"http://h{i % 7}.example:{faults.port}/a.png?{i}" for i in range(21)}
    folders = {path: tmp_path / path[1:] for path in ("/list", "/results", "/root")}
    for folder in folders.values():
        folder.mkdir()
    root = folders.pop("/root")
    write_list(folders["/list"] / "urls.txt", sorted(urls))
    os.chown(folders["/results"], POD["securityContext"]["runAsUser"], POD["securityContext"]["fsGroup"])
    locally = ("--allow-private", "--retries", 0, "--sandbox", "full", "--connect-to", f"::127.0.0.1:{faults.port}")

    def do_index(index):
        variables = {"JOB_COMPLETION_INDEX": index, **ENVIRONMENT}
        before = container.command(root, folders, POD["securityContext"]["runAsUser"], variables)
        return run(*locally, *CONTAINER["args"], before=before, program="/edgefetch")

    with concurrent.futures.ThreadPoolExecutor(JOB["parallelism"]) as pods:
        for result in pods.map(do_index, range(JOB["completions"])):
            assert result.code == 0, result
    done = [list(manifest(shard).values()) for shard in folders["/results"].iterdir()]
    assert sorted(line["url"] for lines in done for line in lines) == sorted(urls)
    assert {line["status"] for lines in done for line in lines} == {"ok"}
    hosts = [{line["url"].split("/")[2] for line in lines} for lines in done]
    assert sum(map(len, hosts)) == len(set().union(*hosts)) == 7
    assert len(faults.requests) == len(urls)
