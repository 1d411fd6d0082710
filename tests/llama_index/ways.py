"""The two ways to call LlamaIndex's classes, under the same names, for tests that go both ways."""

import pytest
from llama_index.core.base.response.schema import AsyncStreamingResponse, StreamingResponse


class Blocking:
    """The blocking methods, which notebooks call within a running loop."""

    stream = StreamingResponse
    names = ("synthesize", "query")

    @staticmethod
    async def synthesize(synthesizer, *args, **kwargs):
        return synthesizer.synthesize(*args, **kwargs)

    @staticmethod
    async def get_response(synthesizer, *args, **kwargs):
        return synthesizer.get_response(*args, **kwargs)

    @staticmethod
    async def get_response_from_messages(synthesizer, *args):
        return synthesizer.get_response_from_messages(*args)

    @staticmethod
    async def query(engine, *args):
        return engine.query(*args)

    @staticmethod
    async def retrieve(engine, *args):
        return engine.retrieve(*args)

    @staticmethod
    async def pieces(generator):
        return list(generator)

    @staticmethod
    async def first(generator):
        return next(generator)

    @staticmethod
    async def close(generator):
        generator.close()

    @staticmethod
    async def response(stream):
        return stream.get_response()

    @staticmethod
    async def show(stream):
        stream.print_response_stream()

    @staticmethod
    async def call(tool, *args, **kwargs):
        return tool.call(*args, **kwargs)


class Awaited:
    """Their twins."""

    stream = AsyncStreamingResponse
    names = ("asynthesize", "aquery")

    @staticmethod
    async def synthesize(synthesizer, *args, **kwargs):
        return await synthesizer.asynthesize(*args, **kwargs)

    @staticmethod
    async def get_response(synthesizer, *args, **kwargs):
        return await synthesizer.aget_response(*args, **kwargs)

    @staticmethod
    async def get_response_from_messages(synthesizer, *args):
        return await synthesizer.aget_response_from_messages(*args)

    @staticmethod
    async def query(engine, *args):
        return await engine.aquery(*args)

    @staticmethod
    async def retrieve(engine, *args):
        return await engine.aretrieve(*args)

    @staticmethod
    async def pieces(generator):
        return [piece async for piece in generator]

    @staticmethod
    async def first(generator):
        return await anext(generator)

    @staticmethod
    async def close(generator):
        await generator.aclose()

    @staticmethod
    async def response(stream):
        return await stream.get_response()

    @staticmethod
    async def show(stream):
        await stream.print_response_stream()

    @staticmethod
    async def call(tool, *args, **kwargs):
        return await tool.acall(*args, **kwargs)


each_way = pytest.mark.parametrize("way", [Blocking, Awaited], ids=["blocking", "awaited"])
