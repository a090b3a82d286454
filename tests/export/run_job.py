"""Runs the job on an engine that speaks Spark and needs no Java: run_job.py JOB ARGUMENTS..."""

import os
import runpy
import sys
import warnings

from pysail.spark import SparkConnectServer

warnings.filterwarnings("ignore")
server = SparkConnectServer()
server.start(background=True)
os.environ["SPARK_REMOTE"] = "sc://localhost:{}".format(server.listening_address[1])
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    server.stop()
