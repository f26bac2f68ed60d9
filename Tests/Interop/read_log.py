#!/usr/bin/env python3
"""Prints every event of a log folder as JSON lines, in the order stored.

    read_log.py LOG_FOLDER [--dictionary FILE]

Written from docs/log-format.md alone, with PyPI packages only (Tests/Interop/requirements.txt): if this reader and the
program disagree, the page or one of them is wrong. Checks what it reads: checksums, ordinals, footers, dense positions
and versions, times that never go back, one encoding per record. Exit code 0: all read; 1: something is wrong, named by
file and offset on standard error, after the events before it; 2: bad usage. Changes nothing.
"""
import argparse
import hashlib
import json
import pathlib
import re
import struct
import sys

import google_crc32c
import lz4.block
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

BLOCK_HEADER = struct.Struct("<4sBBHqIIII")
TRAILER = struct.Struct("<8sqqqIIB19sI")
ENTRY = struct.Struct("<II")
SECTOR = 512
RECORD_BYTES_MAX = 61_440
DICTIONARY_CHECKSUM = 0xDEF09330
WORD = re.compile(r"[A-Za-z0-9.-]{1,16}\Z")
TYPE = re.compile(r"[A-Za-z0-9.-]{1,32}\Z")


class Damaged(Exception):
    """What is wrong, and where."""

    def __init__(self, file, offset, reason):
        super().__init__(f"{file} at {offset}: {reason}")


def message_classes():
    """Block and Record, as in the page."""
    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="log.proto", package="log", syntax="proto3")
    block = file.message_type.add(name="Block")
    block.field.add(name="records", number=1, label=kinds.LABEL_REPEATED, type=kinds.TYPE_BYTES)
    record = file.message_type.add(name="Record")
    fields = [
        ("command_id", kinds.TYPE_BYTES), ("stream_id", kinds.TYPE_BYTES), ("recorded_at", kinds.TYPE_FIXED64),
        ("position", kinds.TYPE_FIXED64), ("version", kinds.TYPE_FIXED64), ("log", kinds.TYPE_BYTES),
        ("category", kinds.TYPE_STRING), ("part", kinds.TYPE_UINT32), ("type", kinds.TYPE_STRING),
        ("schema", kinds.TYPE_UINT32), ("actor_kind", kinds.TYPE_STRING), ("actor_id", kinds.TYPE_BYTES),
        ("role", kinds.TYPE_STRING), ("basis", kinds.TYPE_STRING), ("origin", kinds.TYPE_STRING),
        ("on_behalf_of_kind", kinds.TYPE_STRING), ("on_behalf_of_id", kinds.TYPE_BYTES),
        ("correlation", kinds.TYPE_BYTES), ("cause", kinds.TYPE_UINT64), ("fingerprint", kinds.TYPE_BYTES),
        ("payload", kinds.TYPE_BYTES),
    ]
    for number, (name, kind) in enumerate(fields, start=1):
        # Each with presence, so that what is written can be told from what is absent.
        record.oneof_decl.add(name=f"_{name}")
        record.field.add(name=name, number=number, label=kinds.LABEL_OPTIONAL, type=kind,
                         proto3_optional=True, oneof_index=number - 1)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return [message_factory.GetMessageClass(pool.FindMessageTypeByName(f"log.{name}")) for name in ("Block", "Record")]


Block, Record = message_classes()
ALWAYS = ["command_id", "stream_id", "recorded_at", "position", "version", "log", "category", "type", "schema",
          "actor_kind", "role", "basis", "origin", "payload"]
IDS = ["command_id", "stream_id", "log", "actor_id", "on_behalf_of_id", "correlation", "fingerprint"]
NEVER_ZERO = ["command_id", "actor_id", "on_behalf_of_id", "correlation", "fingerprint"]
WORDS = ["category", "actor_kind", "role", "basis", "origin", "on_behalf_of_kind"]


def parse_record(stored):
    """The record, or a ValueError saying how it is not one."""
    if len(stored) > RECORD_BYTES_MAX:
        raise ValueError(f"a record of {len(stored)} bytes")
    record = Record()
    try:
        record.ParseFromString(stored)
    except Exception as error:  # protobuf's DecodeError has no one home over its versions
        raise ValueError(f"not protobuf: {error}") from None
    missing = [name for name in ALWAYS if not record.HasField(name)]
    if missing:
        raise ValueError(f"{missing[0]} is missing")
    for name in IDS:
        value = getattr(record, name)
        if record.HasField(name) and len(value) != 16:
            raise ValueError(f"{name} has {len(value)} bytes")
        if record.HasField(name) and name in NEVER_ZERO and not any(value):
            raise ValueError(f"{name} is zero")
    for name in WORDS:
        if record.HasField(name) and not WORD.match(getattr(record, name)):
            raise ValueError(f"{name} is no word")
    if not TYPE.match(record.type) or record.schema < 1 or (record.HasField("part") and record.part == 0):
        raise ValueError("type, schema or part is out of bounds")
    if max(record.recorded_at, record.position, record.version, record.cause) >= 1 << 63:
        raise ValueError("a number beyond 2^63")
    if record.HasField("on_behalf_of_id") and not record.HasField("on_behalf_of_kind"):
        raise ValueError("on behalf of an id without a kind")
    # One event has one encoding: what protobuf writes, fields ascending.
    if record.SerializeToString(deterministic=True) != stored:
        raise ValueError("not in its one encoding")
    return record


def as_json(record, stored):
    """An event as printed: ids and payload in hex, absent fields left out."""
    stream = f"{record.category}-{record.stream_id.hex()}" + (f"-{record.part}" if record.part else "")
    event = {
        "log": record.log.hex(), "position": record.position, "stream": stream, "version": record.version,
        "type": record.type, "schema": record.schema, "recordedAt": record.recorded_at,
        "commandID": record.command_id.hex(), "actor": record.actor_kind,
    }
    for key, name in [("actorID", "actor_id"), ("role", "role"), ("basis", "basis"), ("origin", "origin"),
                      ("onBehalfOf", "on_behalf_of_kind"), ("onBehalfOfID", "on_behalf_of_id"),
                      ("correlation", "correlation"), ("cause", "cause"), ("fingerprint", "fingerprint"),
                      ("payload", "payload")]:
        if record.HasField(name):
            value = getattr(record, name)
            event[key] = value.hex() if isinstance(value, bytes) else value
    event["storedBytesSHA256"] = hashlib.sha256(stored).hexdigest()
    return event


class History:
    """What events must follow from those before them."""

    def __init__(self):
        self.positions, self.versions, self.times, self.commands = {}, {}, {}, {}

    def take(self, record, ordinal):
        log, stream = record.log, (record.log, record.category, record.stream_id, record.part)
        if record.position != self.positions.get(log, 0):
            raise ValueError(f"position {record.position}, not {self.positions.get(log, 0)}")
        if record.version != self.versions.get(stream, 0):
            raise ValueError(f"version {record.version}, not {self.versions.get(stream, 0)}")
        if record.recorded_at < self.times.get(log, 0):
            raise ValueError("recorded before the event before it")
        last = self.commands.get((log, record.command_id), ordinal - 1)
        if last != ordinal - 1:
            raise ValueError("a command's events do not stand next to each other")
        self.positions[log] = record.position + 1
        self.versions[stream] = record.version + 1
        self.times[log] = record.recorded_at
        self.commands[(log, record.command_id)] = ordinal


class Segment:
    """One segment file: its blocks, and what stands behind them."""

    def __init__(self, path, first, dictionary):
        self.name, self.data = path.name, path.read_bytes()
        self.first, self.ordinal, self.offset = first, first, 0
        self.dictionary, self.entries = dictionary, []

    def damaged(self, offset, reason):
        return Damaged(self.name, offset, reason)

    def block(self):
        """Records of the block at `offset`, or None where none begins; moves behind it."""
        header = self.data[self.offset:self.offset + BLOCK_HEADER.size]
        if len(header) < BLOCK_HEADER.size or header[:4] != b"ABLK":
            return None
        _, format_, codec, events, first, raw_length, stored_length, checksum, own = BLOCK_HEADER.unpack(header)
        if google_crc32c.value(header[:28]) != own:
            return None
        if format_ != 1:
            raise self.damaged(self.offset, f"block format {format_} is newer than this reader")
        start = self.offset + BLOCK_HEADER.size
        stored = self.data[start:start + stored_length]
        if len(stored) < stored_length or google_crc32c.value(stored) != checksum or first != self.ordinal:
            return None
        raw = self.unpack(codec, stored, raw_length)
        block = Block()
        try:
            block.ParseFromString(raw)
        except Exception as error:
            raise self.damaged(self.offset, f"the block is not protobuf: {error}") from None
        if len(block.records) != events or block.SerializeToString() != raw:
            raise self.damaged(self.offset, f"the block does not hold the {events} records it says")
        self.entries.append((self.ordinal - self.first, self.offset))
        self.offset, self.ordinal = start + stored_length, self.ordinal + events
        return block.records

    def unpack(self, codec, stored, raw_length):
        if stored[-1:] != b"\xff":
            raise self.damaged(self.offset, "the end mark is missing")
        packed = stored[:-1]
        try:
            if codec == 0:
                raw = packed
            elif codec == 1:
                raw = lz4.block.decompress(packed, uncompressed_size=raw_length)
            elif codec == 2:
                raw = lz4.block.decompress(packed, uncompressed_size=raw_length, dict=self.dictionary)
            else:
                raise self.damaged(self.offset, f"codec {codec} is newer than this reader")
        except lz4.block.LZ4BlockError as error:
            raise self.damaged(self.offset, f"the block does not unpack: {error}") from None
        if len(raw) != raw_length:
            raise self.damaged(self.offset, f"{len(raw)} raw bytes, not {raw_length}")
        return raw

    def check_rest(self, following):
        """What stands behind the last good block. `following`: the next segment's first ordinal, or None."""
        rest = self.data[self.offset:]
        if self.is_footer(rest):
            if following not in (None, self.ordinal):
                raise self.damaged(self.offset, f"events {self.ordinal} to {following} are missing")
            return
        if following is None:
            self.check_tail(rest)
        elif following != self.ordinal:
            raise self.damaged(self.offset, f"events {self.ordinal} to {following} are missing")
        elif not self.is_unfinished_footer(rest):
            raise self.damaged(self.offset, "neither a footer nor the beginning of one")

    def footers(self):
        entries = b"".join(ENTRY.pack(ordinal, offset) for ordinal, offset in self.entries)
        for repacked in (0, 1):
            trailer = TRAILER.pack(b"ASEGEND1", self.first, self.ordinal, self.offset, google_crc32c.value(entries),
                                   len(self.entries), repacked, bytes(19), 0)
            yield entries + trailer[:60] + struct.pack("<I", google_crc32c.value(trailer[:60]))

    def is_footer(self, rest):
        return any(rest == footer for footer in self.footers())

    def is_unfinished_footer(self, rest):
        for footer in self.footers():
            same = next((at for at, (one, other) in enumerate(zip(rest, footer)) if one != other), len(footer))
            if not any(rest[same:]):
                return True
        return False

    def check_tail(self, rest):
        """Zeros, or a write that was never acknowledged, or damage: "Torn or damaged" in the page."""
        used = len(rest.rstrip(b"\0"))
        if not used:
            return
        at = rest.find(b"ABLK", 1)
        while at >= 0:
            later = Segment.__new__(Segment)
            later.__dict__.update(self.__dict__, offset=self.offset + at, entries=[])
            header = later.data[later.offset:later.offset + BLOCK_HEADER.size]
            if len(header) == BLOCK_HEADER.size and google_crc32c.value(header[:28]) == BLOCK_HEADER.unpack(header)[8]:
                later.ordinal = BLOCK_HEADER.unpack(header)[4]
                if later.ordinal >= self.ordinal and later.block() is not None:
                    raise self.damaged(self.offset, f"no good block, and good ones go on at {self.offset + at}")
            at = rest.find(b"ABLK", at + 1)
        header = rest[:BLOCK_HEADER.size]
        claimed = BLOCK_HEADER.size
        if len(header) == BLOCK_HEADER.size and header[:4] == b"ABLK":
            fields = BLOCK_HEADER.unpack(header)
            if google_crc32c.value(header[:28]) == fields[8] and fields[4] == self.ordinal:
                claimed += fields[6]
        stop = self.offset + max(used, claimed)
        is_torn = stop > len(self.data) and self.offset == 0
        start = self.offset
        while not is_torn and start < min(stop, len(self.data)):
            end = min(stop, (start // SECTOR + 1) * SECTOR)
            is_torn = not any(self.data[start:end]) and end <= len(self.data)
            start = end
        if not is_torn:
            raise self.damaged(self.offset, "no good block, and not a write that was cut short")
        print(f"{self.name} at {self.offset}: a torn write, never acknowledged", file=sys.stderr)


def segments(folder):
    """The segments, by ascending ordinal of their first event."""
    found = [(int(path.stem), path) for path in folder.glob("*.seg") if re.fullmatch(r"\d{10,}", path.stem)]
    return sorted(found)


def read(folder, dictionary, out):
    """Prints every event; returns how many."""
    history, ordinal = History(), 0
    files = segments(folder)
    for index, (first, path) in enumerate(files):
        if first != ordinal:
            raise Damaged(path.name, 0, f"begins with event {first}, not {ordinal}")
        segment = Segment(path, first, dictionary)
        while True:
            offset = segment.offset
            records = segment.block()
            if records is None:
                break
            for stored in records:
                try:
                    record = parse_record(stored)
                    history.take(record, ordinal)
                except ValueError as error:
                    raise Damaged(path.name, offset, f"event {ordinal}: {error}") from None
                print(json.dumps(as_json(record, stored), separators=(",", ":")), file=out)
                ordinal += 1
        segment.check_rest(files[index + 1][0] if index + 1 < len(files) else None)
    return ordinal


def main():
    parser = argparse.ArgumentParser(description="Prints every event of a log folder as JSON lines.")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--dictionary", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[2] / "docs" / "log-dictionary.bin")
    arguments = parser.parse_args()
    if not arguments.folder.is_dir():
        parser.error(f"{arguments.folder} is not a folder")
    dictionary = arguments.dictionary.read_bytes()
    if google_crc32c.value(dictionary) != DICTIONARY_CHECKSUM:
        parser.error(f"{arguments.dictionary} is not the dictionary")
    try:
        read(arguments.folder, dictionary, sys.stdout)
    except Damaged as damage:
        sys.stdout.flush()
        print(damage, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
