"""Runs the job on Apache Spark: a master and two workers on this machine, each its own process.

    cluster.py [--lose] JOB ARGUMENTS...

ARGUMENTS are the job's and name its --work. With --lose, an executor is killed while documents are
joined by the hashes that they share, and later, while stars are made of components, a whole worker:
what either of them holds for the others is lost. Whatever it starts is ended by its process id.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import pyspark

HOME = os.path.dirname(pyspark.__file__)
LONGEST_SECONDS = 1_500


def free_port():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


class Cluster:
    def __init__(self, folder):
        self.folder, self.started, self.at_work = folder, [], []
        self.events = os.path.join(folder, "events")
        os.mkdir(self.events)
        self.environment = os.environ | {
            "SPARK_HOME": HOME, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_NO_DAEMONIZE": "1",
            "SPARK_LOCAL_DIRS": os.path.join(folder, "local"), "PYSPARK_PYTHON": sys.executable,
        }
        for leftover in ("SPARK_REMOTE", "SPARK_CONF_DIR"):
            self.environment.pop(leftover, None)

    def begin(self):
        port, self.page = free_port(), free_port()
        self.address = f"spark://127.0.0.1:{port}"
        self.start("master", "bin/spark-class", "org.apache.spark.deploy.master.Master", "--host",
                   "127.0.0.1", "--port", str(port), "--webui-port", str(self.page))
        until(lambda: self.workers() is not None, "the master answers", 120)
        for number in (1, 2):
            self.at_work.append(self.start(
                f"worker-{number}", "bin/spark-class", "org.apache.spark.deploy.worker.Worker",
                "--host", "127.0.0.1", "--port", str(free_port()), "--webui-port",
                str(free_port()), "-c", "1", "-m", "1200m", "--work-dir",
                os.path.join(self.folder, f"worker-{number}"), self.address))
        until(lambda: self.workers() == 2, "both workers are there", 120)

    def start(self, name, program, *arguments):
        with open(self.log(name), "wb") as log, open(self.log(f"{name}-said"), "wb") as said:
            process = subprocess.Popen([os.path.join(HOME, program), *arguments], stderr=log,
                                       stdout=said, env=self.environment, start_new_session=True)
        self.started.append(process)
        return process

    def log(self, name):
        return os.path.join(self.folder, f"{name}.log")

    def read(self, name):
        with open(self.log(name), errors="replace") as log:
            return log.read()

    def cost(self):
        """What the tasks of the job took: seconds of processors, bytes shuffled and bytes spilled."""
        seconds = shuffled = spilled = 0
        for name in os.listdir(self.events):
            with open(os.path.join(self.events, name)) as events:
                for event in map(json.loads, filter(lambda it: "SparkListenerTaskEnd" in it, events)):
                    metrics = event.get("Task Metrics") or {}
                    seconds += metrics.get("Executor CPU Time", 0) / 1e9
                    written = metrics.get("Shuffle Write Metrics", {})
                    shuffled += written.get("Shuffle Bytes Written", 0)
                    spilled += metrics.get("Disk Bytes Spilled", 0)
        return (f"{seconds:.0f} s of processors, {shuffled / 1e6:,.0f} MB shuffled, "
                f"{spilled / 1e6:,.0f} MB spilled")

    def workers(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.page}/json/", timeout=5) as page:
                return json.load(page)["aliveworkers"]
        except OSError:
            return None

    def submit(self, job):
        settings = {
            # Few rows for so many tasks; a user's cluster keeps its own number.
            "spark.sql.shuffle.partitions": 8, "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
            # What a dead executor wrote is gone, as it would be on another machine.
            "spark.shuffle.readHostLocalDisk": "false",
            "spark.eventLog.enabled": "true", "spark.eventLog.dir": f"file://{self.events}",
            "spark.eventLog.compress": "false", "spark.eventLog.rolling.enabled": "false",
        }
        named = [it for key, value in settings.items() for it in ("--conf", f"{key}={value}")]
        return self.start("job", "bin/spark-submit", "--master", self.address, "--executor-memory",
                          "1g", "--executor-cores", "1", *named, *job)

    def executors(self, worker):
        """The executors that a worker has started, by process id."""
        found = []
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{name}/stat") as stat, open(f"/proc/{name}/cmdline") as command:
                    parent = int(stat.read().rpartition(")")[2].split()[1])
                    is_executor = "CoarseGrainedExecutorBackend" in command.read()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == worker.pid and is_executor:
                found.append(int(name))
        return found

    def end(self):
        for worker in self.at_work:
            for executor in self.executors(worker):
                kill(executor)
        for process in reversed(self.started):
            if process.poll() is None:
                # It leads a group of its own, which has only what it started.
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def kill(process):
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        pass


def until(holds, what, seconds):
    end = time.monotonic() + seconds
    while not holds():
        if end < time.monotonic():
            sys.exit(f"waited {seconds} s in vain until {what}")
        time.sleep(0.1)


def lose(cluster, job, scratch):
    """Kills an executor in mid-join, and a worker while components are found."""
    made = lambda name: os.path.exists(os.path.join(scratch, f"docrot-{name}"))
    ended = lambda: job.poll() is not None
    whole = lambda name: made(f"{name}/_SUCCESS")
    first, second = cluster.at_work

    until(lambda: whole("sizes-sketch") or ended(), "sketches are joined", LONGEST_SECONDS)
    until(lambda: cluster.executors(first) or ended(), "a worker has an executor", 60)
    if whole("shared") or ended():
        sys.exit("the join was over before an executor could be killed")
    for executor in cluster.executors(first):
        kill(executor)

    until(lambda: made("large-1") or ended(), "components are found", LONGEST_SECONDS)
    if ended():
        sys.exit("the job was over before a worker could be killed\n"
                 + cluster.read("job-said") + cluster.read("job"))
    executors = cluster.executors(second)
    second.kill()
    second.wait()
    for executor in executors:
        kill(executor)


def main():
    arguments = sys.argv[1:]
    loses = arguments[:1] == ["--lose"]
    arguments = arguments[loses:]
    scratch = arguments[arguments.index("--work") + 1]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    with tempfile.TemporaryDirectory(prefix="docrot-spark-") as folder:
        cluster, began = Cluster(folder), time.monotonic()
        try:
            cluster.begin()
            job = cluster.submit(arguments)
            if loses:
                lose(cluster, job, scratch)
            until(lambda: job.poll() is not None, "the job ends", LONGEST_SECONDS)
            logged, said = cluster.read("job"), cluster.read("job-said")
            cost = cluster.cost()
        finally:
            cluster.end()
    if job.returncode:
        sys.exit(said + logged)
    lost = len(re.findall("Lost executor", logged))
    print(said, end="")
    took = time.monotonic() - began
    print(f"Spark {pyspark.__version__}: {took:.0f} s, {cost}, {lost} executors lost")
    if loses and lost < 2:
        sys.exit(f"{lost} executors were lost where two were killed")


if __name__ == "__main__":
    main()
