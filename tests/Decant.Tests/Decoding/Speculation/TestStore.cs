namespace Decant.Tests.Decoding.Speculation;

/// <summary>Stores of random texts, in files that go with the process.</summary>
internal static class TestStore
{
    public const string Name = "texts";
    private static readonly Lazy<RetrievalStore> _standard = new(() => Of(VocabularyId.Of(TestVocabulary.Standard)));

    /// <summary>Over the first tokens of <see cref="TestVocabulary.Standard"/>: four of them in one text, twelve in the other.</summary>
    public static RetrievalStore Standard => _standard.Value;

    /// <summary>Trigrams of the same texts.</summary>
    public static TrigramTable Table { get; } = TrigramTable.Build(VocabularyId.Of(TestVocabulary.Standard), [Random(400, 4, 1), Random(3000, 12, 2)]);

    public static RetrievalStore Of(VocabularyId vocabulary) => Of(vocabulary, Random(400, 4, 1), Random(3000, 12, 2));

    public static RetrievalStore Of(VocabularyId vocabulary, params int[][] texts)
    {
        var builder = new RetrievalStoreBuilder(vocabulary);
        foreach (var text in texts) builder.Add(text);
        var path = Path.GetTempFileName();
        builder.Write(path);
        var store = RetrievalStore.Open(path);
        File.Delete(path);
        return store;
    }

    public static int[] Random(int length, int vocabulary, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(vocabulary))];
    }
}
