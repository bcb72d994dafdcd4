# Together's own SDK for Python against the sandbox. One line for each thing it does: `ok NAME`, or `not ok NAME: WHY`.
import json, os, sys, tempfile, time
from pathlib import Path
from together import Together

client = Together(max_retries=0)
room = Path(tempfile.mkdtemp())
rows = [{"messages": [{"role": "user", "content": f"Where is parcel {i}?"}, {"role": "assistant", "content": f"Parcel {i} waits at the depot."}]} for i in range(30)]
data = room / "train.jsonl"
data.write_text("".join(json.dumps(row) + "\n" for row in rows))
failed = 0


def judge(name, work, holds=lambda value: True):
    global failed
    try:
        value = work()
        if not holds(value):
            raise AssertionError(f"unexpected: {value!r}"[:400])
        print(f"ok {name}")
        return value
    except Exception as problem:  # every failure is a finding
        failed += 1
        print(f"not ok {name}: {type(problem).__name__}: {problem}"[:600])


def wait_for(look, enough):
    for _ in range(400):
        value = look()
        if enough(value):
            return value
        time.sleep(0.05)
    raise TimeoutError("it never came")


who = judge("whoami", client.whoami, lambda it: it.project.slug)
file = judge("files.upload", lambda: client.files.upload(file=data, purpose="fine-tune"), lambda it: it.id)
judge("files.retrieve", lambda: wait_for(lambda: client.files.retrieve(file.id), lambda it: it.processing_status == "COMPLETED"))
judge("files.list", client.files.list, lambda it: any(each.id == file.id for each in it.data))
judge("files.content", lambda: client.files.content(file.id).read(), lambda it: it == data.read_bytes())
judge("fine_tuning.preview", lambda: client.fine_tuning.preview(model="sandbox-small", training_file=file.id, top_k=3), lambda it: len(it.rows) == 3 and it.rows[0].num_tokens == len(it.rows[0].input_ids))
judge("fine_tuning.model_limits", lambda: client.fine_tuning.model_limits(model_name="sandbox-small"), lambda it: it.lora_training.max_rank)
judge("fine_tuning.estimate_price", lambda: client.fine_tuning.estimate_price(training_file=file.id, model="sandbox-small", n_epochs=2), lambda it: it.estimated_total_price > 0)
job = judge("fine_tuning.create", lambda: client.fine_tuning.create(training_file=file.id, model="sandbox-small", suffix="judged", n_epochs=2, lora=True), lambda it: it.id)
judge("fine_tuning.list", client.fine_tuning.list, lambda it: any(each.id == job.id for each in it.data))
done = judge("fine_tuning.retrieve", lambda: wait_for(lambda: client.fine_tuning.retrieve(job.id), lambda it: it.status == "completed"), lambda it: isinstance(it.total_price, int) and it.total_price > 0)
judge("fine_tuning.list_events", lambda: client.fine_tuning.list_events(job.id), lambda it: it.data[-1].type == "job_complete")
judge("fine_tuning.list_metrics", lambda: client.fine_tuning.list_metrics(job.id), lambda it: it.metrics)
judge("fine_tuning.list_checkpoints", lambda: client.fine_tuning.list_checkpoints(job.id), lambda it: it.data[0].step > 0)
judge("fine_tuning.content", lambda: client.fine_tuning.content(ft_id=job.id, checkpoint="adapter").read(), lambda it: len(it) > 100)
slow = judge("fine_tuning.create, to cancel", lambda: client.fine_tuning.create(training_file=file.id, model="sandbox-slow", lora=True))
judge("fine_tuning.cancel", lambda: client.fine_tuning.cancel(slow.id), lambda it: it.status in ("cancel_requested", "cancelled"))
judge("fine_tuning.delete", lambda: (wait_for(lambda: client.fine_tuning.retrieve(slow.id), lambda it: it.status == "cancelled"), client.fine_tuning.delete(slow.id)))

project = who.project.id
model = f"projects/{project}/models/{done.api_model_object_id}"
judge("models.list", lambda: client.models.list(project_id=project).data, lambda it: done.api_model_object_id in [each.id for each in it])
judge("models.retrieve", lambda: client.models.retrieve(done.api_model_object_id, project_id=project), lambda it: it.name.endswith("/judged"))
judge("models.list_supported", lambda: client.models.list_supported(product="PRODUCT_FINE_TUNING").data, lambda it: len(it) > 5)
config = judge("models.configs.list", lambda: client.models.configs.list(project_id=project, reference_model=model).data[0], lambda it: it.id)
judge("endpoints.hardware.list", lambda: client.endpoints.hardware.list().data, lambda it: it)
endpoint = judge("endpoints.create", lambda: client.endpoints.create(project_id=project, name="judged"), lambda it: it.name.endswith("/judged"))
deployment = judge(
    "endpoints.deployments.create",
    lambda: client.endpoints.deployments.create(
        endpoint.id, project_id=project, name="main", model=model, config=f"projects/{config.project_id}/configs/{config.id}",
        autoscaling={"min_replicas": 1, "max_replicas": 1}, inactive_timeout=30),
    lambda it: it.inactive_timeout == 30)
judge("endpoints.update", lambda: client.endpoints.update(endpoint.id, project_id=project, traffic_split=[{"deployment_id": deployment.id, "weight": 1}]))
judge("endpoints.deployments.retrieve", lambda: wait_for(lambda: client.endpoints.deployments.retrieve(deployment.id, project_id=project, endpoint_id=endpoint.id), lambda it: it.status.state == "DEPLOYMENT_STATE_READY"))
judge("endpoints.list_events", lambda: client.endpoints.list_events(endpoint.id, project_id=project).data, lambda it: any(each.type == "endpoint.created" for each in it))
asked = [{"role": "user", "content": "Where is parcel 7?"}]
judge("chat.completions.create", lambda: client.chat.completions.create(model=endpoint.name, messages=asked, n=2), lambda it: len(it.choices) == 2 and it.choices[0].message.content)
judge("chat.completions.create, streamed", lambda: "".join(chunk.choices[0].delta.content or "" for chunk in client.chat.completions.create(model=endpoint.name, messages=asked, stream=True) if chunk.choices), lambda it: len(it) > 10)
judge("endpoints.deployments.update", lambda: client.endpoints.deployments.update(deployment.id, project_id=project, endpoint_id=endpoint.id, autoscaling={"min_replicas": 0, "max_replicas": 0}))
judge("endpoints.update, without traffic", lambda: client.endpoints.update(endpoint.id, project_id=project, traffic_split=[{"deployment_id": deployment.id, "weight": 0}]))
judge("endpoints.deployments.delete", lambda: (wait_for(lambda: client.endpoints.deployments.retrieve(deployment.id, project_id=project, endpoint_id=endpoint.id), lambda it: it.status.state == "DEPLOYMENT_STATE_STOPPED"), client.endpoints.deployments.delete(deployment.id, project_id=project, endpoint_id=endpoint.id)))
judge("endpoints.delete", lambda: client.endpoints.delete(endpoint.id, project_id=project))
judge("files.delete", lambda: client.files.delete(file.id), lambda it: it.deleted)
sys.exit(1 if failed else 0)
