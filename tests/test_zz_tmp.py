import datetime as dt, time, random, io
import pytest
from django.db import connection
from tests.stage import a_list
from subscribers import enrolling
from subscribers.importing import import_csv
from subscribers.models import Subscription

N = 100_000


@pytest.mark.timeout(500)
def test_speed(transactional_db, tmp_path):
    l = a_list()
    r = random.Random(1)
    f = tmp_path / "p.csv"
    with f.open("w") as o:
        o.write("email,name,interests\n")
        for i in range(N):
            o.write(
                f"reader{r.getrandbits(40):x}.{i}@example.org,Reader {i},{r.choice(['', 'africa', 'china;russia'])}\n"
            )
    marks = []

    def prog(step, done, total):
        marks.append((step, time.perf_counter()))

    t = time.perf_counter()
    res = import_csv(l, f, consent="x", at=dt.datetime.now(dt.UTC), progress=prog)
    e = time.perf_counter() - t
    w = [m for s, m in marks if s == "writing"]
    print(
        connection.vendor,
        res.people,
        "import",
        e,
        w[0] - t,
        max((b - a for a, b in zip(w, w[1:])), default=0),
    )
    t = time.perf_counter()
    res = import_csv(l, f, consent="x", at=dt.datetime.now(dt.UTC))
    print("again", time.perf_counter() - t, res.people)
    assert 0
