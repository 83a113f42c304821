"""A user's script for PyTorch on several instances, over gloo, as it is written for SageMaker."""

import argparse
import datetime
import json
import os

import numpy
import torch
import torch.distributed

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=60)
parser.add_argument("--wait", type=int, default=60)
arguments = parser.parse_args()

hosts = json.loads(os.environ["SM_HOSTS"])
host = os.environ["SM_CURRENT_HOST"]
rank = hosts.index(host)
# Without it gloo takes the interface of whatever address the machine's own name has.
os.environ.setdefault("GLOO_SOCKET_IFNAME", os.environ["SM_NETWORK_INTERFACE_NAME"])
torch.distributed.init_process_group(
    "gloo",
    init_method="tcp://" + hosts[0] + ":23456",
    rank=rank,
    world_size=len(hosts),
    timeout=datetime.timedelta(seconds=arguments.wait),
)


def summed(values):
    total = torch.as_tensor(values, dtype=torch.float64).clone()
    torch.distributed.all_reduce(total)
    return total


def rows_of(channel):
    rows = numpy.loadtxt(os.path.join(os.environ["SM_CHANNEL_" + channel.upper()], channel + ".csv"), delimiter=",")
    return torch.tensor(rows[:, 1:]), torch.tensor(rows[:, 0])


# Each instance looks at its share of the rows only; what they have in common goes over the network.
features, labels = (part[rank :: len(hosts)] for part in rows_of("train"))
count = summed([float(len(labels))])
mean = summed(features.sum(0)) / count
deviation = (summed(((features - mean) ** 2).sum(0)) / count).sqrt()
features = (features - mean) / deviation
weights = torch.zeros(features.shape[1] + 1, dtype=torch.float64)
for epoch in range(arguments.epochs):
    predicted = torch.sigmoid(features @ weights[1:] + weights[0])
    difference = predicted - labels
    gradient = torch.cat([difference.sum().reshape(1), features.T @ difference])
    weights -= 1.0 * summed(gradient) / count

held, truth = rows_of("validation")
right = ((((held - mean) / deviation) @ weights[1:] + weights[0] > 0) == (truth > 0.5)).double().mean()
report = {
    "torch": torch.__version__,
    "rows": len(labels),
    "count": int(count),
    "squares": float(summed([float((rank + 1) ** 2)])),
    "weights": weights.tolist(),
    "accuracy": float(right),
}
with open(os.path.join(os.environ["SM_MODEL_DIR"], host + ".json"), "w") as file:
    json.dump(report, file)
if rank == 0:
    torch.save(weights, os.path.join(os.environ["SM_MODEL_DIR"], "weights.pt"))
torch.distributed.barrier()
print("rank %d of %d: accuracy=%.4f;" % (rank, len(hosts), right), flush=True)
