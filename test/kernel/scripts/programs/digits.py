"""A user's script for PyTorch that learns handwritten digits and exports the network as ONNX, as it is written for SageMaker."""

import argparse
import json
import os

import numpy
import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--network", choices=["perceptron", "convolutional"], required=True)
parser.add_argument("--rows", type=int, default=20000)
parser.add_argument("--epochs", type=int, default=1)
parser.add_argument("--batch", type=int, default=64)
arguments = parser.parse_args()

torch.manual_seed(28)
torch.set_num_threads(1)
folder = os.environ["SM_CHANNEL_DIGITS"]


def digits(name):
    """MNIST's own files: a header of 16 bytes before images, one of 8 before labels."""
    images = numpy.fromfile(os.path.join(folder, name + "-images-idx3-ubyte"), numpy.uint8, offset=16)
    labels = numpy.fromfile(os.path.join(folder, name + "-labels-idx1-ubyte"), numpy.uint8, offset=8)
    return torch.from_numpy(images.reshape(-1, 1, 28, 28).astype(numpy.float32) / 255), torch.from_numpy(labels.astype(numpy.int64))


# 784-256-128-10; and LeNet-5 with the activations and the pooling of today.
networks = {
    "perceptron": [nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10)],
    "convolutional": [
        *(nn.Conv2d(1, 6, 5, padding=2), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    ],
}
network = nn.Sequential(*networks[arguments.network])

images, labels = (part[: arguments.rows] for part in digits("train"))
optimiser = torch.optim.Adam(network.parameters(), 2e-3)
for epoch in range(arguments.epochs):
    for rows in torch.randperm(len(images)).split(arguments.batch):
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(network(images[rows]), labels[rows])
        loss.backward()
        optimiser.step()
    print("epoch=%d; loss=%.4f;" % (epoch, loss.item()), flush=True)

network = nn.Sequential(network, nn.Softmax(1)).eval()
held, truth = digits("t10k")
with torch.no_grad():
    found = torch.cat([network(part).argmax(1) for part in held.split(1000)])
accuracy = float((found == truth).double().mean())
torch.onnx.export(
    network,
    held[:1],
    os.path.join(os.environ["SM_MODEL_DIR"], "digits.onnx"),
    input_names=["image"],
    output_names=["digit"],
    dynamic_axes={"image": {0: "images"}, "digit": {0: "images"}},
)
with open(os.path.join(os.environ["SM_OUTPUT_DATA_DIR"], "report.json"), "w") as file:
    json.dump({"torch": torch.__version__, "accuracy": accuracy, "found": found.tolist()}, file)
print("accuracy=%.4f;" % accuracy, flush=True)
