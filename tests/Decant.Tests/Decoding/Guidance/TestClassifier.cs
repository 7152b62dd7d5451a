using System.Runtime.InteropServices;

namespace Decant.Tests.Decoding.Guidance;

/// <summary>Prefix classifiers without training.</summary>
internal static class TestClassifier
{
    /// <summary>Random weights, a function of the seed.</summary>
    public static PrefixClassifier Of(VocabularyId vocabulary, int width = 5, int stateSize = 7, int seed = 1)
    {
        var random = new Random(seed);
        return Of(vocabulary, width, stateSize, [.. Enumerable.Range(0, Count(vocabulary.Count, width, stateSize)).Select(_ => (float)((2 * random.NextDouble()) - 1))]);
    }

    public static PrefixClassifier Of(VocabularyId vocabulary, int width, int stateSize, float[] weights)
        => new(vocabulary, width, stateSize, MemoryMarshal.AsBytes(weights.AsSpan()).ToArray());

    /// <summary>One that looks at the last token alone: these are the probabilities that it gives, one per token.</summary>
    public static PrefixClassifier OfLast(ITokenVocabulary vocabulary, params double[] probabilities)
    {
        // Width and state of one number; the update gate is shut, so that the state is the tanh of the embedding, and the output makes it the log-odds.
        const float Scale = 40;
        float[] embeddings = [.. probabilities.Select(p => (float)Math.Atanh(Math.Log(p / (1 - p)) / Scale))];
        return Of(VocabularyId.Of(vocabulary), 1, 1, [.. embeddings, 0, 0, 1, 0, 0, 0, 0, -100, 0, 0, 0, 0, Scale, 0]);
    }

    public static int Count(int vocabulary, int width, int stateSize) => (vocabulary * width) + (3 * stateSize * (width + stateSize + 2)) + stateSize + 1;
}
