"""What the Dask operator does, by its own code, without a cluster. Each line of stdin asks for something, in JSON, and is answered by a line.

{"render": <text of a DaskCluster>, "workers": 2}   checks it against the operator's definition of it; the objects that the operator makes of it
{"retire": <URL of a scheduler>}                    has the operator choose a worker and retire it: names
"""

import asyncio
import json
import logging
import sys
import uuid
from pathlib import Path
from unittest import mock

# A format that no schema here has, whose grammar takes seconds to load.
sys.modules["rfc3987_syntax"] = None

import dask_kubernetes
import yaml
from dask_kubernetes.operator.controller import controller
from jsonschema import Draft202012Validator

CRDS = Path(dask_kubernetes.__file__).parent / "operator/deployment/helm/dask-kubernetes-operator/crds"


def strict(schema):
    """The same, where fields that it does not name are errors."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {name: strict(value) for name, value in schema.items()}
    if "properties" in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
        schema.setdefault("additionalProperties", False)
    return schema


def render(text, workers):
    cluster = yaml.safe_load(text)
    definition = yaml.safe_load((CRDS / "daskcluster.yaml").read_text())
    schema = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    Draft202012Validator(strict(schema["properties"]["spec"])).validate(cluster["spec"])
    name, spec = cluster["metadata"]["name"], cluster["spec"]
    yield controller.build_scheduler_deployment_spec(name, spec["scheduler"]["spec"], {}, {})
    yield controller.build_scheduler_service_spec(name, spec["scheduler"]["service"], {}, {})
    for _ in range(workers):
        worker = (f"{name}-default", "compute", name, uuid.uuid4().hex[:10], spec["worker"]["spec"])
        yield controller.build_worker_deployment_spec(*worker, {}, {})


def retire(url):
    async def address(*_, **__):
        return url

    with mock.patch.object(controller, "get_scheduler_address", address):
        return asyncio.run(controller.retire_workers(1, "", "", "compute", logging.getLogger()))


for line in sys.stdin:
    request = json.loads(line)
    answer = retire(request["retire"]) if "retire" in request else list(render(request["render"], request["workers"]))
    print(json.dumps(answer), flush=True)
