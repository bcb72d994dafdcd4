# OpenAI's own SDK for Python against the sandbox. One line for each thing it does: `ok NAME`, or `not ok NAME: WHY`.
import io, json, sys, time
from openai import BadRequestError, OpenAI

client = OpenAI(max_retries=0)
rows = [{"messages": [{"role": "user", "content": f"Where is parcel {i}?"}, {"role": "assistant", "content": f"Parcel {i} waits at the depot."}]} for i in range(30)]
body = "".join(json.dumps(row) + "\n" for row in rows).encode()
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


def refused(work):
    try:
        work()
    except BadRequestError as problem:
        return problem
    return None


jobs = client.fine_tuning.jobs
upload = lambda: client.files.create(file=("train.jsonl", io.BytesIO(body)), purpose="fine-tune")
file = judge("files.create", upload, lambda it: it.status == "processed")
judge("files.create, the same content again", upload, lambda it: it.id != file.id)
judge("files.retrieve", lambda: client.files.retrieve(file.id), lambda it: it.bytes == len(body))
judge("files.list", lambda: list(client.files.list(limit=1)), lambda it: len(it) == 2)
judge("files.content", lambda: client.files.content(file.id).read(), lambda it: it == body)
method = {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 2, "batch_size": 4, "learning_rate_multiplier": 1.0}}}
job = judge("fine_tuning.jobs.create", lambda: jobs.create(model="sandbox-small", training_file=file.id, suffix="judged", metadata={"by": "judge"}, method=method), lambda it: it.status == "validating_files")
judge("fine_tuning.jobs.create, a suffix of 80 characters", lambda: refused(lambda: jobs.create(model="sandbox-small", training_file=file.id, suffix="x" * 80)), lambda it: it is not None)
judge("fine_tuning.jobs.create, a method that is not offered", lambda: refused(lambda: jobs.create(model="sandbox-small", training_file=file.id, method={"type": "reinforcement"})), lambda it: it is not None)
judge("fine_tuning.jobs.list", lambda: list(jobs.list(limit=1, metadata={"by": "judge"})), lambda it: [each.id for each in it] == [job.id])
done = judge("fine_tuning.jobs.retrieve", lambda: wait_for(lambda: jobs.retrieve(job.id), lambda it: it.status == "succeeded"), lambda it: it.fine_tuned_model and it.trained_tokens)
judge("fine_tuning.jobs.list_events", lambda: list(jobs.list_events(job.id, limit=7)), lambda it: any(each.type == "metrics" for each in it))
judge("fine_tuning.jobs.checkpoints.list", lambda: list(jobs.checkpoints.list(job.id)), lambda it: it[0].step_number > 0)
slow = judge("fine_tuning.jobs.create, to cancel", lambda: jobs.create(model="sandbox-slow", training_file=file.id))
judge("fine_tuning.jobs.pause", lambda: (wait_for(lambda: jobs.retrieve(slow.id), lambda it: it.status == "running"), jobs.pause(slow.id))[1], lambda it: it.status == "paused")
judge("fine_tuning.jobs.resume", lambda: jobs.resume(slow.id), lambda it: it.status == "running")
judge("fine_tuning.jobs.cancel", lambda: (jobs.cancel(slow.id), wait_for(lambda: jobs.retrieve(slow.id), lambda it: it.status == "cancelled")))
judge("models.list", lambda: list(client.models.list()), lambda it: done.fine_tuned_model in [each.id for each in it])
judge("models.retrieve", lambda: client.models.retrieve(done.fine_tuned_model), lambda it: it.id == done.fine_tuned_model)
asked = [{"role": "user", "content": "Where is parcel 7?"}]
judge("chat.completions.create", lambda: client.chat.completions.create(model=done.fine_tuned_model, messages=asked, n=2), lambda it: len(it.choices) == 2 and it.usage.total_tokens > 0)
judge("chat.completions.create, streamed", lambda: list(client.chat.completions.create(model=done.fine_tuned_model, messages=asked, stream=True, stream_options={"include_usage": True})), lambda it: it[-1].usage.completion_tokens > 0)
judge("models.delete", lambda: client.models.delete(done.fine_tuned_model), lambda it: it.deleted)
judge("files.delete", lambda: client.files.delete(file.id), lambda it: it.deleted)
sys.exit(1 if failed else 0)
