"""One training step of pipelines/train-full.yaml in PyTorch on the CPU, for comparison: `bench/training-step.ts --pytorch PYTHON` starts it.

Included, with the same shapes, batch and meshes (read from the file that the benchmark writes):
  - the regressor (backbone small or dense) on I, I_rot and I_occ with gradients;
  - the three face-api networks, frozen, on three renders with gradients of the image; the codes of the photo are given, as our cache gives them;
  - linear face model, two poses; Chebyshev refiners and graph decoder, three passes with gradients;
  - five renders: vertex normals, barycentrics, interpolation, spherical harmonics. The index maps of the visible triangles are given: the
    z-buffer pass is left out here and takes part on our side (the kernel `rasterizer/visibility` of `--operators`);
  - all losses, gradient clipping, Adam.
Weights are random: only time is compared. Convolutions run in channels-last layout, sparse products in MKL's compressed rows,
Adam fused: what a user of PyTorch would write for speed, without torch.compile.
"""
import json
import struct
import sys
import time
import warnings

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


warnings.filterwarnings("ignore", message=".*(Sparse|sparse).*")


def read_safetensors(path):
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    types = {"F32": np.float32, "I32": np.int32, "U8": np.uint8, "BOOL": np.bool_}
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        values = np.frombuffer(data, types[entry["dtype"]], offset=8 + length + start, count=(end - start) // types[entry["dtype"]]().itemsize)
        tensors[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())
    return tensors, header.get("__metadata__", {})


class Sparse:
    """A constant matrix in compressed rows, with its transpose for the gradient."""

    def __init__(self, tensors, name):
        shape = tuple(tensors[f"{name}.shape"].tolist())
        self.forward_matrix = torch.sparse_csr_tensor(tensors[f"{name}.rows"], tensors[f"{name}.columns"], tensors[f"{name}.values"], shape)
        self.backward_matrix = self.forward_matrix.to_sparse_coo().transpose(0, 1).coalesce().to_sparse_csr()

    def __call__(self, x):
        return SparseProduct.apply(x, self)


class SparseProduct(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, matrix):
        ctx.matrix = matrix
        return matrix.forward_matrix @ x

    @staticmethod
    def backward(ctx, dy):
        return ctx.matrix.backward_matrix @ dy.contiguous(), None


def same_padding(x, kernel, stride):
    """TensorFlow's `same`: the odd pixel goes behind."""
    total = [max((-(-extent // stride) - 1) * stride + kernel - extent, 0) for extent in x.shape[-2:]]
    return (total[1] // 2, total[1] - total[1] // 2, total[0] // 2, total[0] - total[0] // 2)


class Conv(nn.Module):
    def __init__(self, kernel, inputs, outputs, stride=1, relu=False, padding="same", groups=1, bias=True):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, groups=groups, bias=bias)
        nn.init.kaiming_normal_(self.conv.weight)
        self.kernel, self.stride, self.relu, self.padding = kernel, stride, relu, padding

    def forward(self, x):
        if self.padding == "same":
            left, right, top, bottom = same_padding(x, self.kernel, self.stride)
            if left == right and top == bottom:
                y = F.conv2d(x, self.conv.weight, self.conv.bias, self.stride, (top, left), groups=self.conv.groups)
            else:
                y = F.conv2d(F.pad(x, (left, right, top, bottom)), self.conv.weight, self.conv.bias, self.stride, groups=self.conv.groups)
        else:
            y = F.conv2d(x, self.conv.weight, self.conv.bias, self.stride, groups=self.conv.groups)
        return F.relu(y) if self.relu else y


class SkipInit(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.first, self.second = Conv(3, channels, channels, relu=True), Conv(3, channels, channels)
        self.gain = nn.Parameter(torch.full((1, channels, 1, 1), 0.1))

    def forward(self, x):
        return F.relu(x + self.second(self.first(x)) * self.gain)


class Separable(nn.Module):
    def __init__(self, inputs, outputs, stride=1, relu=False):
        super().__init__()
        self.depthwise = Conv(3, inputs, inputs, stride, groups=inputs, bias=False)
        self.pointwise = Conv(1, inputs, outputs, relu=relu)

    def forward(self, x):
        return self.pointwise(self.depthwise(x))


class Residual(nn.Module):
    """A block of the recognition network; `down` halves the extent."""

    def __init__(self, inputs, outputs, down):
        super().__init__()
        self.first = Conv(3, inputs, outputs, 2 if down else 1, True, "valid" if down else "same")
        self.second = Conv(3, outputs, outputs)
        self.down = down

    def forward(self, x):
        y = self.second(self.first(x))
        if not self.down:
            return F.relu(y + x)
        short = F.avg_pool2d(x, 2, 2)
        y = F.pad(y, (0, short.shape[3] - y.shape[3], 0, short.shape[2] - y.shape[2]))
        return F.relu(y + F.pad(short, (0, 0, 0, 0, 0, y.shape[1] - short.shape[1])))


class Recognition(nn.Module):
    def __init__(self):
        super().__init__()
        self.entry = Conv(7, 3, 32, 2, True, "valid")
        sizes = [(32, 32, False)] * 3 + [(32, 64, True)] + [(64, 64, False)] * 3 + [(64, 128, True)] + [(128, 128, False)] * 2
        sizes += [(128, 256, True)] + [(256, 256, False)] * 2 + [(256, 256, True)]
        self.blocks = nn.Sequential(*[Residual(*size) for size in sizes])
        self.last = nn.Linear(256, 128, bias=False)

    def forward(self, x):
        return self.last(self.blocks(F.max_pool2d(self.entry(x), 3, 2)).mean((2, 3)))


class Reduction(nn.Module):
    def __init__(self, inputs, outputs, activate):
        super().__init__()
        self.first, self.second = Separable(inputs, outputs, relu=True), Separable(outputs, outputs)
        self.expand = Conv(1, inputs, outputs, 2)
        self.activate = activate

    def forward(self, x):
        y = self.second(self.first(F.relu(x) if self.activate else x))
        left, right, top, bottom = same_padding(y, 3, 2)
        return F.max_pool2d(F.pad(y, (left, right, top, bottom), value=-1e30), 3, 2) + self.expand(x)


class Main(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layers = nn.Sequential(Separable(width, width, relu=True), Separable(width, width, relu=True), Separable(width, width))

    def forward(self, x):
        return self.layers(F.relu(x)) + x


class AgeGender(nn.Sequential):
    def __init__(self):
        super().__init__(
            Conv(3, 3, 32, 2, True), Reduction(32, 64, False), Reduction(64, 128, True), Main(128), Main(128),
            Reduction(128, 256, True), Separable(256, 512, relu=True),
        )


class Dense(nn.Module):
    def __init__(self, inputs, outputs, plain):
        super().__init__()
        self.first = Conv(3, inputs, outputs, 2, True) if plain else Separable(inputs, outputs, 2, True)
        self.rest = nn.ModuleList([Separable(outputs, outputs) for _ in range(3)])

    def forward(self, x):
        one = self.first(x)
        two = one + self.rest[0](one)
        three = two + self.rest[1](F.relu(two))
        return F.relu(three + self.rest[2](F.relu(three)))


class Expression(nn.Sequential):
    def __init__(self):
        super().__init__(Dense(3, 32, True), Dense(32, 64, False), Dense(64, 128, False), Dense(128, 256, False))


class SmallBackbone(nn.Module):
    features = 512

    def __init__(self):
        super().__init__()
        widths = [24, 48, 96, 192]
        layers = [Conv(5, 3, widths[0], 2, True)]
        for before, width in zip(widths, widths[1:]):
            layers += [Conv(3, before, width, 2, True), SkipInit(width), SkipInit(width)]
        self.body = nn.Sequential(*layers, Conv(1, 192, 512, relu=True))

    def forward(self, image):
        return self.body((image - 0.5) * 2).mean((2, 3))


class DenseBackbone(nn.Module):
    features = 256 + 49 * 16 + 192

    def __init__(self):
        super().__init__()
        self.blocks, self.place = Expression(), Conv(1, 256, 16, relu=True)

    def forward(self, image):
        near = F.interpolate(image[:, :, 8:104, 8:104], size=(112, 112), mode="bilinear", align_corners=False)
        grid = self.blocks(near - 0.45)
        small = (F.avg_pool2d(image, 14, 14) - 0.5) * 2
        return torch.cat([grid.mean((2, 3)), self.place(grid).flatten(1), small.flatten(1)], 1)


class Regressor(nn.Module):
    """`coarse-3dmm/regress` with the small or the dense backbone."""

    def __init__(self, backbone):
        super().__init__()
        self.body = SmallBackbone() if backbone == "small" else DenseBackbone()
        self.heads = nn.ModuleList([nn.Linear(self.body.features, size) for size in (80, 64, 80, 3, 27, 2, 1)])

    def forward(self, image):
        pooled = self.body(image) / self.body.features**0.5
        return torch.cat([head(pooled) for head in self.heads], 1)


class Embedder(nn.Module):
    def __init__(self):
        super().__init__()
        self.recognition, self.age_gender, self.expression = Recognition(), AgeGender(), Expression()
        self.mean = torch.tensor([0.48, 0.46, 0.41]).reshape(1, 3, 1, 1)

    def forward(self, image, mask):
        x = image * mask - self.mean
        large = F.interpolate(x, size=(150, 150), mode="bilinear", align_corners=False)
        small = x if x.shape[-1] == 112 else F.interpolate(x, size=(112, 112), mode="bilinear", align_corners=False)
        attributes = torch.cat([self.age_gender(small).mean((2, 3)), self.expression(small).mean((2, 3))], 1)
        return self.recognition(large), attributes


def chebyshev(laplacian, x, weights):
    """Σ_k T_k(L) x W_k for x [N, B, F] and weights [K, F, M]; the recursion runs over min(F, M) channels."""
    terms, features, outputs = weights.shape
    count, batch, _ = x.shape
    product = lambda value: laplacian(value.reshape(count, -1)).reshape(value.shape)
    if outputs >= features:
        basis = [x, product(x)]
        while len(basis) < terms:
            basis.append(2 * product(basis[-1]) - basis[-2])
        return torch.cat(basis, 2) @ weights.reshape(terms * features, outputs)
    parts = (x @ weights.transpose(0, 1).reshape(features, terms * outputs)).split(outputs, 2)
    after, afterwards = torch.zeros_like(parts[0]), torch.zeros_like(parts[0])
    for part in reversed(parts[1:]):
        after, afterwards = part + 2 * product(after) - afterwards, after
    return parts[0] + product(after) - afterwards


class MeshBlock(nn.Module):
    def __init__(self, inputs, outputs, last=False, terms=6):
        super().__init__()
        make = lambda *shape: nn.Parameter(torch.randn(*shape) * (1 / (shape[0] * shape[-2])) ** 0.5)
        self.first, self.second = make(terms, inputs, outputs), make(terms, outputs, outputs)
        self.first_bias, self.second_bias = nn.Parameter(torch.zeros(outputs)), nn.Parameter(torch.zeros(outputs))
        self.short = make(inputs, outputs) if last or inputs != outputs else None
        self.last = last

    def forward(self, x, laplacian):
        hidden = F.elu(chebyshev(laplacian, x, self.first) + self.first_bias)
        straight = x if self.short is None else x @ self.short
        y = chebyshev(laplacian, hidden, self.second) + straight + self.second_bias
        return y if self.last else F.elu(y)


class Reconstruct(nn.Module):
    """decode (albedo) → refine, detail → fuse."""

    def __init__(self, tensors, widths):
        super().__init__()
        self.laplacians = [Sparse(tensors, f"laplacian{level}") for level in range(5)]
        self.unpools = [Sparse(tensors, f"unpool{level}") for level in range(4)]
        self.pool = Sparse(tensors, "pool0")
        channels = [3, *widths, 3]
        self.refine = nn.ModuleList([MeshBlock(channels[i], channels[i + 1], i == 3) for i in range(4)])
        self.coarsest = len(tensors["laplacian4.rows"]) - 1
        channels = [32, *widths, 3]
        self.fc = nn.Linear(896, self.coarsest * 32)
        self.detail = nn.ModuleList([MeshBlock(channels[i], channels[i + 1], i == 3) for i in range(4)])

    def forward(self, albedo, identity, attributes):
        across = lambda matrix, x: matrix(x.reshape(x.shape[0], -1)).reshape(-1, *x.shape[1:])
        x = albedo.transpose(0, 1) * 2 - 1
        fine, coarse = self.laplacians[0], self.laplacians[1]
        entered = across(self.pool, self.refine[0](x, fine))
        mesh = self.refine[3](across(self.unpools[0], self.refine[2](self.refine[1](entered, coarse), coarse)), fine)
        y = F.relu(self.fc(torch.cat([identity, attributes], 1))).reshape(len(identity), self.coarsest, 32).transpose(0, 1)
        for index, block in enumerate(self.detail):
            level = 3 - index
            y = block(across(self.unpools[level], y), self.laplacians[level])
        return albedo + ((mesh + y) / 2).transpose(0, 1)


def rotation(angles):
    (x, y, z), zero, one = angles.unbind(1), torch.zeros(len(angles)), torch.ones(len(angles))
    rows = lambda *entries: torch.stack(entries, 1).reshape(-1, 3, 3)
    rx = rows(one, zero, zero, zero, x.cos(), -x.sin(), zero, x.sin(), x.cos())
    ry = rows(y.cos(), zero, y.sin(), zero, one, zero, -y.sin(), zero, y.cos())
    rz = rows(z.cos(), -z.sin(), zero, z.sin(), z.cos(), zero, zero, zero, one)
    return rz @ ry @ rx


class Face:
    def __init__(self, tensors, size):
        self.t, self.size = tensors, size
        self.triangles = tensors["triangles"].long()

    def decode(self, coefficients):
        t, batch = self.t, len(coefficients)
        shape = coefficients[:, :80] @ t["basis_identity"].T + coefficients[:, 80:144] @ t["basis_expression"].T
        shape = shape.reshape(batch, -1, 3) + t["mean_shape"]
        vertices = shape @ rotation(coefficients[:, 224:227]).transpose(1, 2) + coefficients[:, None, 254:257]
        albedo = (coefficients[:, 144:224] @ t["basis_albedo"].T).reshape(batch, -1, 3) + t["mean_albedo"]
        return vertices, albedo, coefficients[:, 227:254]

    def render(self, vertices, albedo, light, ids):
        """[B, 3, S, S] and the coverage [B, 1, S, S], deferred shading at given triangles."""
        batch, size = len(ids), self.size
        flat = ids.reshape(batch, -1)
        coverage = (flat >= 0).float()[..., None]
        corners = self.triangles[flat.clamp(min=0)]  # [B, P, 3]
        row = torch.arange(batch)[:, None, None]
        weights = self.barycentrics(vertices[row, corners], flat) * coverage
        mix = lambda values: (values[row, corners] * weights[..., None]).sum(2)
        a, b, c = (vertices[:, self.triangles[:, corner]] for corner in range(3))
        face_normals = torch.linalg.cross(b - a, c - a)
        normals = torch.zeros_like(vertices)
        for corner in range(3):
            normals.index_add_(1, self.triangles[:, corner], face_normals)
        n = F.normalize(mix(normals), dim=2)
        image = mix(albedo) * self.shade(n, light)
        picture = lambda value: value.reshape(batch, size, size, -1).permute(0, 3, 1, 2)
        return picture(image), picture(coverage)

    def barycentrics(self, points, flat):
        size, focal = self.size, 1015 / 224 * self.size
        pixel = torch.arange(size * size)
        x = (pixel % size + 0.5 - size / 2) / focal
        y = (size / 2 - torch.div(pixel, size, rounding_mode="floor") - 0.5) / focal
        ray = torch.stack([x, y, -torch.ones_like(x)], 1)[None]
        p = points - torch.tensor([0.0, 0.0, 10.0])
        e = torch.stack([(ray * torch.linalg.cross(p[:, :, (i + 1) % 3], p[:, :, (i + 2) % 3])).sum(2) for i in range(3)], 2)
        return e / (e.sum(2, keepdim=True) + 1e-20)

    @staticmethod
    def shade(n, light):
        x, y, z = n.unbind(2)
        a = (0.8862, -1.0233, 1.0233, -1.0233, 0.8581, -0.8581, 0.2477, -0.8581, 0.4290)
        one = torch.ones_like(x)
        bands = [a[0] * one, a[1] * y, a[2] * z, a[3] * x, a[4] * x * y, a[5] * y * z, a[6] * (3 * z * z - 1), a[7] * x * z, a[8] * (x * x - y * y)]
        gamma = light.reshape(-1, 3, 9).transpose(1, 2) + torch.tensor([0.8] + [0.0] * 8)[:, None]
        return torch.stack(bands, 2) @ gamma


def photometric(image, render, weight):
    weight = weight.detach()
    distance = (((image - render) ** 2).sum(1, keepdim=True) + 1e-12).sqrt()
    return ((distance * weight).sum((1, 2, 3)) / weight.sum((1, 2, 3)).clamp(min=1)).mean()


def identity_distance(f, g):
    return (1 - F.cosine_similarity(f - 0.1, g - 0.1, dim=1)).mean()


def attribute_distance(f, g):
    return (((f - g) ** 2).sum(1) + 1e-12).sqrt().mean()


def group_of(event):
    """The group of bench/support/operator-groups.ts that an operator and what it calls belong to, or None."""
    name, shapes = event.name, event.input_shapes or []
    if "SparseProduct" in name:
        return "sparse products"
    if name in ("aten::conv2d", "aten::convolution", "aten::convolution_backward"):
        weight = shapes[2 if name.endswith("backward") else 1]
        kind = "depthwise convolutions" if weight[1] == 1 and weight[2] > 1 else "convolutions"
        return f"{kind}, gradients" if name.endswith("backward") else f"{kind}, forward"
    if name in ("aten::mm", "aten::bmm", "aten::addmm", "aten::matmul", "aten::linear"):
        return "products of matrices"
    if any(word in name for word in ("pool2d", "upsample")):
        return "pooling, resizing"
    if any(word in name for word in ("Optimizer.step", "clip_grad", "zero_grad", "_fused_adam", "_foreach")):
        return "clipping, Adam"
    if name in ("aten::index", "aten::_index_put_impl_", "aten::index_put_", "aten::index_add_", "aten::linalg_cross"):
        return "gathers and normals of the renders"
    return None


def operator_groups(step):
    """Share of a step's time that each group takes, by the operators' own time: what no group claims is element by element."""
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], record_shapes=True) as profiler:
        step()
    sums, calls = {}, {}
    for event in profiler.events():
        group, at = "element by element, sums, copies", event
        while at is not None:  # the outermost that says something: a sparse product calls a dense one's operator
            group, at = group_of(at) or group, at.cpu_parent
        sums[group] = sums.get(group, 0) + event.self_cpu_time_total
        calls[group] = calls.get(group, 0) + 1
    total = sum(sums.values())
    return [(group, calls[group], sums[group] / total) for group in sorted(sums, key=lambda group: -sums[group])]


def main():
    torch.manual_seed(1)
    tensors, metadata = read_safetensors(sys.argv[1])
    last = torch.channels_last
    image = tensors["image"].permute(0, 3, 1, 2).contiguous(memory_format=last)
    mask = tensors["mask"].permute(0, 3, 1, 2)
    occluder = tensors["occluder"].permute(0, 3, 1, 2)
    face = Face(tensors, image.shape[-1])
    regressor, embedder = Regressor(metadata["backbone"]).to(memory_format=last), Embedder().to(memory_format=last)
    for parameter in embedder.parameters():
        parameter.requires_grad_(False)
    reconstruct = Reconstruct(tensors, [int(width) for width in metadata["widths"].split(",")])
    trained = [*regressor.parameters(), *reconstruct.parameters()]
    optimizer = torch.optim.Adam(trained, lr=1e-3, fused=True)
    coefficients, turned_coefficients = tensors["coefficients"], tensors["turned_coefficients"]

    with torch.no_grad():
        seen_id, seen_at = embedder(image, mask)

    def step():
        vertices, albedo, light = face.decode(coefficients)
        refined = reconstruct(albedo, seen_id, seen_at)
        first, coverage = face.render(vertices, refined, light, tensors["ids_first"])
        shown_id, shown_at = embedder(first + image * (1 - coverage), mask)
        turned, _, turned_light = face.decode(turned_coefficients)
        rotated, rotated_coverage = face.render(turned, refined, turned_light, tensors["ids_turned"])
        occluded = first * (1 - occluder) + 0.3 * occluder
        rotated_id, rotated_at = embedder(rotated, rotated_coverage)
        occluded_id, occluded_at = embedder(occluded, coverage)
        rotated_albedo = reconstruct(albedo, rotated_id.detach(), rotated_at.detach())
        rotated_again, _ = face.render(turned, rotated_albedo, turned_light, tensors["ids_turned"])
        occluded_albedo = reconstruct(albedo, occluded_id.detach(), occluded_at.detach())
        occluded_again, _ = face.render(vertices, occluded_albedo, light, tensors["ids_first"])
        turned_back, _ = face.render(vertices, rotated_albedo, light, tensors["ids_first"])
        consistent = sum(
            ((regressor(picture.contiguous(memory_format=last)) - target) ** 2).mean()
            for picture, target in ((image, coefficients), (rotated.detach(), turned_coefficients), (occluded.detach(), coefficients))
        )
        augmented = photometric(rotated.detach(), rotated_again, rotated_coverage) + photometric(image, turned_back, mask * coverage)
        augmented = augmented + photometric(occluded.detach(), occluded_again, coverage * (1 - occluder)) + photometric(image, occluded_again, mask * coverage)
        robust = sum(identity_distance(seen_id, i) + attribute_distance(seen_at, a) for i, a in ((rotated_id, rotated_at), (occluded_id, occluded_at)))
        loss = photometric(image, first, mask * coverage) + 0.05 * identity_distance(seen_id, shown_id) + 0.005 * attribute_distance(seen_at, shown_at)
        loss = loss + 0.001 * (robust + consistent) + augmented / 4
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 5)
        optimizer.step()
        return loss.item()

    print(f"pytorch {torch.__version__} on the CPU, {torch.get_num_threads()} threads, {sum(p.numel() for p in trained)} trained numbers", flush=True)
    for line in sys.stdin:
        if line.startswith("operators"):
            print(json.dumps(operator_groups(step)), flush=True)
            continue
        start, busy = time.perf_counter(), time.process_time()
        loss = step()
        wall, processor = time.perf_counter() - start, time.process_time() - busy
        assert np.isfinite(loss)
        print(f"{wall * 1000:.3f} {processor * 1000:.3f}", flush=True)


main()
