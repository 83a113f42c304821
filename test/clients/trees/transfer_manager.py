"""boto3's transfer manager: reads a direction and pairs of file and key from standard input, moves them all at once."""

import json
import os
import sys

import boto3
from boto3.s3.transfer import TransferConfig, create_transfer_manager

asked = json.load(sys.stdin)
config = TransferConfig(multipart_threshold=8 << 20, multipart_chunksize=5 << 20, max_concurrency=8)
with create_transfer_manager(boto3.client("s3"), config) as manager:
    if asked["direction"] == "up":
        moves = [manager.upload(file, asked["bucket"], key) for file, key in asked["pairs"]]
    else:
        for file, _ in asked["pairs"]:
            os.makedirs(os.path.dirname(file), exist_ok=True)
        moves = [manager.download(asked["bucket"], key, file) for file, key in asked["pairs"]]
    for move in moves:
        move.result()
json.dump(len(moves), sys.stdout)
