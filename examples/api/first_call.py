"""The first call: which team this key opens, and the newest examples of its first project.

    AIT_KEY=ait_sk_… python3 examples/api/first_call.py

Python 3.9 or newer, and nothing else.
"""

import json
import os
import urllib.request

API = os.environ.get("AIT_URL", "http://localhost:3000") + "/api/v1"


def ask(path):
    request = urllib.request.Request(API + path, headers={"Authorization": f"Bearer {os.environ['AIT_KEY']}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


me = ask("/me")
print(f"This key opens {me['team']['name']}, as a {me['role']}.")

project = ask("/projects")[0]
print(f"The newest examples of {project['name']}:")
for example in ask(f"/projects/{project['slug']}/examples?limit=3")["data"]:
    print(f"  {example['number']}  {example['rating'] or 'unrated'}  {example['input']}")
