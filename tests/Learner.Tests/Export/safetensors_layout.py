"""Reads a safetensors file with the standard library alone, by the rules of the public package, and prints what it holds as JSON.

Rules: https://huggingface.co/docs/safetensors (format) and the checks of the package's own reader: the header is JSON that begins
with '{' and may end in spaces, metadata are texts, no name twice, each tensor begins where the one before ends, the last ends with the file,
and the bytes of each are those of its shape. The package's writer pads the header so that the data is aligned to 8 bytes.
"""

import array
import json
import struct
import sys


def unique(pairs):
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), "a name is there twice"
    return dict(pairs)


with open(sys.argv[1], "rb") as file:
    content = file.read()

(length,) = struct.unpack("<Q", content[:8])
assert length <= 100_000_000 and 8 + length <= len(content), "the header is longer than the file"
assert length % 8 == 0, "the data is not aligned"
header = content[8 : 8 + length]
assert header[:1] == b"{", "the header does not begin with a brace"
entries = json.loads(header.decode("utf-8"), object_pairs_hook=unique)
metadata = entries.pop("__metadata__", {})
assert all(isinstance(value, str) for value in metadata.values()), "metadata are not texts"
data = content[8 + length :]
end = 0
tensors = {}
for name, entry in sorted(entries.items(), key=lambda item: item[1]["data_offsets"]):
    assert set(entry) == {"dtype", "shape", "data_offsets"}, "an entry has other keys"
    assert entry["dtype"] == "F32", "a tensor is not float32"
    first, last = entry["data_offsets"]
    elements = 1
    for dimension in entry["shape"]:
        elements *= dimension
    assert first == end and last - first == 4 * elements, "a tensor does not begin where the one before ends, or has not the bytes of its shape"
    values = array.array("f")
    values.frombytes(data[first:last])
    if sys.byteorder == "big":
        values.byteswap()
    bits = array.array("I", values.tobytes())
    tensors[name] = {"shape": entry["shape"], "bits": bits.tolist()}
    end = last

assert end == len(data), "the tensors do not fill the file"
json.dump({"metadata": metadata, "tensors": tensors}, sys.stdout)
