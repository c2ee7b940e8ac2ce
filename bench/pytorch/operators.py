"""The operators of `bench/paper-operators.ts` in PyTorch on one thread: least CPU milliseconds by name, as JSON. Same mesh, shapes and counts.

The visible triangles and barycentric coordinates are made up (which triangle a pixel shows does not change the time); there is no z-buffer here.
"""
import json
import sys
import time
import warnings

import torch
import torch.nn.functional as F

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
side, size, terms = 189, 224, 6
n, pixels = side * side, size * size

index = torch.arange(n).reshape(side, side)
a, b, c, d = index[:-1, :-1].reshape(-1), index[:-1, 1:].reshape(-1), index[1:, :-1].reshape(-1), index[1:, 1:].reshape(-1)
triangles = torch.stack([torch.stack([a, c, b], 1), torch.stack([b, c, d], 1)], 1).reshape(-1, 3)
i, j = torch.meshgrid(torch.linspace(0, 1, side), torch.linspace(0, 1, side), indexing="ij")
x, y = (j * 2 - 1) * 0.8, (1 - i * 2) * 0.95
vertices = torch.stack([x, y, 0.8 - 0.5 * (x * x + y * y)], 2).reshape(n, 3)

edges = torch.cat([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
edges = torch.unique(torch.cat([edges, edges.flip(1)]), dim=0)
degree = torch.bincount(edges[:, 0]).float()
lap = torch.sparse_coo_tensor(edges.T, -1 / torch.sqrt(degree[edges[:, 0]] * degree[edges[:, 1]]), (n, n)).to_sparse_csr()


class Product(torch.autograd.Function):  # the matrix is symmetric
    @staticmethod
    def forward(ctx, x):
        return lap @ x

    @staticmethod
    def backward(ctx, dy):
        return lap @ dy.contiguous()


def chebyshev(x, w):
    t = [x, Product.apply(x)]
    while len(t) < terms:
        t.append(2 * Product.apply(t[-1]) - t[-2])
    return torch.cat(t, 1) @ w.reshape(-1, w.shape[2])


ids = torch.randint(0, len(triangles), (pixels,)).sort().values
weights = torch.full((pixels, 3), 1 / 3)


def interpolate(colours):
    return (colours[triangles[ids]] * weights[:, :, None]).sum(1)


def normals(v):
    p = v[triangles]
    faces = F.normalize(torch.cross(p[:, 0] - p[:, 1], p[:, 1] - p[:, 2], dim=1), dim=1)
    sums = torch.zeros_like(v)
    for k in range(3):
        sums = sums.index_add(0, triangles[:, k], faces)
    return F.normalize(sums, dim=1)


light = 0.1 * torch.randn(9, 3)


def shade(m):
    x, y, z = m.unbind(1)
    basis = torch.stack([0.886227 * torch.ones_like(x), -1.772454 * y, 1.772454 * z, -1.772454 * x, 2.427032 * x * y, -2.427032 * y * z,
                         0.700624 * (3 * z * z - 1), -2.427032 * x * z, 1.213516 * (x * x - y * y)], 1)
    return basis @ light


def least(f):
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        f()
        best = min(best, 1000 * (time.process_time() - start))
    return best


def both(name, f, *inputs):
    with torch.no_grad():
        result[name] = least(lambda: f(*inputs))
    live = [v.clone().requires_grad_() for v in inputs]
    result[f"{name}, gradients"] = least(lambda: torch.autograd.grad((f(*live) ** 2).sum(), live))


result = {}
both("interpolation, 3 channels", interpolate, torch.full((n, 3), 0.5))
both("vertex normals", normals, vertices)
both("shading", shade, F.normalize(torch.randn(pixels, 3), dim=1))
both("Chebyshev layer, K = 6, 16 → 32", chebyshev, torch.randn(n, 16), torch.randn(terms, 16, 32))
widths = {"narrow": [16, 32, 16], "wide": [32, 64, 128]}
for name, (p, q, r) in widths.items():
    channels = [3, p, q, r, 3]
    parts = []
    for f, m in zip(channels, channels[1:]):
        parts += [0.1 * torch.randn(terms, f, m), 0.1 * torch.randn(terms, m, m), 0.1 * torch.randn(f, m)]

    def refiner(v, *w):
        for k in range(4):
            h = F.elu(chebyshev(v, w[3 * k]))
            v = chebyshev(h, w[3 * k + 1]) + v @ w[3 * k + 2]
            v = v if k == 3 else F.elu(v)
        return v

    both(f"refiner, {name}", refiner, torch.rand(n, 3), *parts)
print(json.dumps(result, ensure_ascii=False))
