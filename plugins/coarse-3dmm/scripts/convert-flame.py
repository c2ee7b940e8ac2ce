"""Converts a FLAME pickle into the safetensors file that the resource type coarse-3dmm/flame reads.

FLAME's files are Python pickles that hold chumpy and scipy objects; chumpy no longer installs on current Python versions,
so its arrays are unpickled here by a stand-in that keeps their numbers. A pickle can run code: convert only files that you
fetched from FLAME's own site.

    pip install numpy scipy
    python convert-flame.py generic_model.pkl landmark_embedding.npy flame.safetensors

The landmark embedding is the one with the static 68 points (full_lmk_faces_idx, full_lmk_bary_coords), as DECA and others
pass it on; each landmark becomes the vertex with the largest weight.
"""
import json
import pickle
import struct
import sys

import numpy as np


class Chumpy:
    """Takes the place of chumpy's array class: keeps the state, of which only the numbers matter."""

    def __init__(self, *_arguments):
        self.x = None

    def __setstate__(self, state):
        self.x = state.get("x", state.get("a")) if isinstance(state, dict) else state


class Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        return Chumpy if module.split(".")[0] == "chumpy" else super().find_class(module, name)


def numbers(value):
    while isinstance(value, Chumpy):
        value = value.x
    if hasattr(value, "toarray"):
        value = value.toarray()
    return np.asarray(value)


def landmark_vertices(path, faces):
    embedding = np.load(path, allow_pickle=True, encoding="latin1")
    embedding = embedding.item() if embedding.shape == () else embedding
    triangles = np.asarray(embedding["full_lmk_faces_idx"]).reshape(-1).astype(np.int64)
    weights = np.asarray(embedding["full_lmk_bary_coords"], dtype=np.float64).reshape(-1, 3)
    if triangles.shape != (68,):
        raise SystemExit(f"{path} holds {triangles.size} landmarks, not 68")
    return faces[triangles, weights.argmax(axis=1)]


def write_safetensors(path, tensors):
    types = {np.dtype("float32"): "F32", np.dtype("int32"): "I32"}
    header, blocks, offset = {}, [], 0
    for name, array in tensors.items():
        data = np.ascontiguousarray(array).tobytes()
        header[name] = {"dtype": types[array.dtype], "shape": list(array.shape), "data_offsets": [offset, offset + len(data)]}
        blocks.append(data)
        offset += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blocks))


def main():
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    with open(sys.argv[1], "rb") as file:
        model = Unpickler(file, encoding="latin1").load()
    faces = numbers(model["f"]).astype(np.int32)
    tensors = {name: numbers(model[name]).astype(np.float32) for name in ("v_template", "shapedirs", "posedirs", "J_regressor", "weights")}
    tensors["faces"] = faces
    tensors["landmarks"] = landmark_vertices(sys.argv[2], faces).astype(np.int32)
    for name, array in tensors.items():
        print(name, array.shape)
    write_safetensors(sys.argv[3], tensors)


if __name__ == "__main__":
    main()
