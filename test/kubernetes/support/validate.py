"""Validates objects of Kubernetes strictly: fields that its schemas do not know are errors too.

Reads a JSON list of objects from stdin, and prints a JSON list of what is wrong with them, for each version given as an argument.
"""

import json
import re
import sys
from functools import cache

# A format that no schema here has, whose grammar takes seconds to load.
sys.modules["rfc3987_syntax"] = None

import importlib_resources
from jsonschema.validators import Draft202012Validator
from referencing import Registry, Resource

SCHEMAS = importlib_resources.files("kubernetes_validate") / "kubernetes-json-schema"


@cache
def registry(version):
    definitions = json.loads((SCHEMAS / f"v{version}-local-strict" / "_definitions.json").read_text())
    return Resource.from_contents(definitions) @ Registry()


@cache
def validator(version, kind, api_version):
    # networking.k8s.io/v1 → networking-v1
    group = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", api_version)
    file = SCHEMAS / f"v{version}-local-strict" / f"{kind.lower()}-{group}.json"
    resource = Resource.from_contents(json.loads(file.read_text()))
    return Draft202012Validator(resource.contents, registry=resource @ registry(version))


wrong = []
for object in json.load(sys.stdin):
    for version in sys.argv[1:]:
        for error in validator(version, object["kind"], object["apiVersion"]).iter_errors(object):
            path = ".".join(map(str, error.path))
            wrong.append(f"{version} {object['kind']} {object['metadata']['name']}: {path}: {error.message}")
print(json.dumps(wrong))
