"""The operators of `bench/step-operators.ts` in PyTorch on one thread: least processor milliseconds of a call, as JSON. Channels-last."""
import json
import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
rounds = int(sys.argv[1])


def least(call):
    call()
    shortest = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(3):
            call()
        shortest = min(shortest, (time.process_time() - start) / 3)
    return shortest * 1000


def convolution(case):
    batch, height, width, channels = case["x"]
    kernel, stride, outputs = case["kernel"], case["stride"], case["outputs"]
    groups = channels if case["kind"] == "depthwise" else 1
    last = torch.channels_last
    x = torch.randn(batch, channels, height, width).to(memory_format=last)
    weight = torch.randn(outputs, channels // groups, kernel, kernel).to(memory_format=last)
    # TensorFlow's padding of even extents at stride 2 is uneven; the symmetric one costs the same.
    padding = [kernel // 2, kernel // 2]
    y = F.conv2d(x, weight, None, stride, padding, 1, groups)
    dy = torch.randn(y.shape).to(memory_format=last)
    backward = lambda mask: torch.ops.aten.convolution_backward(dy, x, weight, None, [stride] * 2, padding, [1, 1], False, [0, 0], groups, mask)
    return {
        "forward": least(lambda: F.conv2d(x, weight, None, stride, padding, 1, groups)),
        "gradient of the input": least(lambda: backward([True, False, False])),
        "gradient of the filter": least(lambda: backward([False, True, False])),
    }


def measure(case):
    kind = case["kind"]
    if kind in ("conv", "depthwise"):
        return convolution(case)
    if kind == "matmul":
        rows, inner, columns = case["shape"]
        a, b, dy = torch.randn(rows, inner), torch.randn(inner, columns), torch.randn(rows, columns)
        return {"forward": least(lambda: a @ b), "gradient of the first": least(lambda: dy @ b.T), "gradient of the second": least(lambda: a.T @ dy)}
    a, b = torch.randn(case["x"]), torch.randn(case["x"])
    if kind == "relu":
        both = lambda: torch.ops.aten.threshold_backward(b, F.relu(a), 0)
        return {"forward": least(lambda: F.relu(a)), "forward and gradient": least(both)}
    return {"forward": least((lambda: a + b) if kind == "add" else (lambda: a * b))}


with torch.no_grad():
    print(json.dumps([measure(case) for case in json.load(sys.stdin)]))
