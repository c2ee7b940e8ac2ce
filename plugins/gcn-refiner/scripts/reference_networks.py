# Reference numbers of the graph networks (plugins/gcn-refiner/test/reference-networks.test.ts). numpy 2.4.6, scipy 1.17.1.
import json, numpy as np, scipy.sparse as sp

def noise(seed, *shape):  # the fraction of a large sine: the same numbers in any language
    i = np.arange(np.prod(shape)) + 1 + 1000 * seed
    v = np.sin(12.9898 * i) * 43758.5453
    return (2 * (v - np.floor(v)) - 1).reshape(shape)

def grid(columns, rows):
    tri = []
    for r in range(rows - 1):
        for c in range(columns - 1):
            k = r * columns + c
            tri += [[k, k + 1, k + columns], [k + 1, k + columns + 1, k + columns]]
    return np.array(tri)

def laplacian(tri, n):
    a = sp.lil_matrix((n, n))
    for t in tri:
        for i, j in ((0, 1), (1, 2), (2, 0)): a[t[i], t[j]] = a[t[j], t[i]] = 1
    d = sp.diags(1 / np.sqrt(np.asarray(a.sum(1)).ravel()))
    return (-(d @ a.tocsr() @ d)).tocsr()

def reduce(points, tri, keep):  # Garland and Heckbert as CoMA has it: all edges are costed anew each time
    tri = [tuple(t) for t in tri]
    q = np.zeros((len(points), 4, 4))
    for t in tri:
        a, b, c = points[list(t)]
        n = np.cross(b - a, c - a); n /= np.linalg.norm(n)
        p = np.append(n, -n @ a)
        for v in t: q[v] += np.outer(p, p)
    alive = set(range(len(points)))
    h = np.c_[points, np.ones(len(points))]
    while len(alive) > keep:
        edges = np.array(sorted({tuple(sorted((t[i], t[(i + 1) % 3]))) for t in tri for i in range(3)}))
        s = q[edges[:, 0]] + q[edges[:, 1]]
        at = [np.einsum('ei,eij,ej->e', h[edges[:, k]], s, h[edges[:, k]]) for k in (0, 1)]
        for best in np.argsort(np.minimum(*at), kind='stable'):
            first, second = (int(v) for v in edges[best])
            gone, stays = (second, first) if at[0][best] <= at[1][best] else (first, second)
            left = [t for t in (tuple(stays if v == gone else v for v in t) for t in tri) if len(set(t)) == 3]
            if {v for t in left for v in t} == alive - {gone}: break  # no vertex may be left without a triangle
        tri = left
        q[stays] += q[gone]; alive.remove(gone)
    kept = sorted(alive); name = {v: i for i, v in enumerate(kept)}
    return np.array(kept), np.array([[name[v] for v in t] for t in tri])

def unpool(points, coarse, tri):  # closest point of the coarse mesh: the interior of each triangle, its edges, its corners
    rows = np.zeros((len(points), len(coarse)))
    for i, p in enumerate(points):
        best = (np.inf, None, None)
        for t in tri:
            a, b, c = coarse[t]
            options = [(np.eye(3)[k]) for k in range(3)]
            for j, k in ((0, 1), (1, 2), (2, 0)):
                e = coarse[t[k]] - coarse[t[j]]
                s = np.clip((p - coarse[t[j]]) @ e / (e @ e), 0, 1)
                w = np.zeros(3); w[j], w[k] = 1 - s, s; options.append(w)
            m = np.linalg.lstsq(np.c_[b - a, c - a], p - a, rcond=None)[0]
            if m.min() >= 0 and m.sum() <= 1: options.append(np.array([1 - m.sum(), *m]))
            for w in options:
                d = ((w @ coarse[t] - p) ** 2).sum()
                if d < best[0] - 1e-14: best = (d, t, w)
        rows[i, best[1]] = best[2]
    return rows

def elu(x): return np.where(x > 0, x, np.expm1(x))
def conv(lap, x, w):
    t = [x, lap @ x]
    while len(t) < w.shape[0]: t.append(2 * (lap @ t[-1]) - t[-2])
    return sum(t[k] @ w[k] for k in range(w.shape[0]))
def block(lap, x, k, m, number, last):
    f = x.shape[1]; s = 10 * number
    hidden = elu(conv(lap, x, 0.4 * noise(s, k, f, m)) + 0.1 * noise(s + 1, m))
    straight = x @ (0.4 * noise(s + 4, f, m)) if last or f != m else x
    y = conv(lap, hidden, 0.4 * noise(s + 2, k, m, m)) + straight + 0.1 * noise(s + 3, m)
    return y if last else elu(y)

columns, rows, k = 28, 27, 4
x, y = np.meshgrid(np.arange(columns) / (columns - 1), np.arange(rows) / (rows - 1))
x, y = x.ravel(), y.ravel()
points = np.c_[x, y, 0.4 * np.sin(5 * x + 1) * np.cos(4 * y) + 0.05 * np.sin(9 * x * y + 2)].astype(np.float32).astype(float)
meshes = [(points, grid(columns, rows))]; ups = []; kepts = []
for level in range(4):
    p, t = meshes[-1]
    kept, coarse = reduce(p, t, -(-len(p) // 4))
    meshes.append((p[kept], coarse)); kepts.append(kept); ups.append(unpool(p, p[kept], coarse))
laps = [laplacian(t, len(p)) for p, t in meshes]
albedo = 0.5 + 0.4 * noise(77, len(points), 3)

def refiner(widths, pooled):
    v = 2 * albedo - 1
    for index, m in enumerate(widths + [3]):
        inner = pooled and index in (1, 2)
        if pooled and index == 1: v = v[kepts[0]]
        if pooled and index == 3: v = ups[0] @ v
        v = block(laps[1 if inner else 0], v, k, m, index + 1, index == 3)
    return v
def decoder(features, coarse, widths):
    n = len(meshes[4][0])
    v = np.maximum(noise(5, features) @ (0.4 * noise(6, features, n * coarse)) + 0.1 * noise(7, n * coarse), 0).reshape(n, coarse)
    for index, m in enumerate(widths + [3]):
        v = block(laps[3 - index], ups[3 - index] @ v, k, m, index + 1, index == 3)
    return v
def show(v): return [float('%.5f' % n) for n in v[[0, 200, 401, 755]].ravel()], float('%.4f' % np.linalg.norm(v))
print('kept', [list(map(int, kept)) for kept in kepts[2:]], [int(np.sum(kept * np.arange(1, len(kept) + 1))) for kept in kepts])
print('unpool of heights', [float('%.6f' % np.abs(ups[i] @ meshes[i + 1][0]).sum()) for i in range(4)])
print('narrow', *show(refiner([16, 32, 16], False)))
print('wide', *show(refiner([32, 64, 128], False)))
print('pooled', *show(refiner([16, 32, 16], True)))
print('decoder narrow', *show(decoder(9, 5, [16, 16, 16])))
print('decoder wide', *show(decoder(9, 5, [64, 128, 256])))
