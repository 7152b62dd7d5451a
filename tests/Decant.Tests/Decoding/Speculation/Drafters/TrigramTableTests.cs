namespace Decant.Tests.Decoding.Speculation;

public class TrigramTableTests
{
    private static readonly VocabularyId _vocabulary = VocabularyId.Of(TestVocabulary.Standard);

    [Fact]
    public void A_text_raises_what_follows_each_pair_by_a_step_up_to_the_cap()
    {
        var table = new TrigramTable(_vocabulary);

        // 1 2 is followed by 3 twice and by 4 once; a step of 0.5 is cut to 0.8 the second time.
        table.Update([1, 2, 3, 1, 2, 4, 1, 2, 3], step: 0.5, cap: 0.8, kept: 12);
        Assert.Equal([(3, 0.8 / 1.3), (4, 0.5 / 1.3)], Read(table, 1, 2));
        Assert.Equal([(1, 1.0)], Read(table, 2, 3));
        Assert.Equal([], Read(table, 3, 3));
        Assert.Equal(5, table.Count);
    }

    [Fact]
    public void Only_the_heaviest_successors_are_kept_and_a_new_one_takes_the_place_of_the_lightest()
    {
        var table = new TrigramTable(_vocabulary);
        table.Update([1, 2, 3], 0.9, 3, kept: 2);
        table.Update([1, 2, 4], 0.3, 3, kept: 2);
        table.Update([1, 2, 5], 0.1, 3, kept: 2);
        Assert.Equal([(3, 0.9), (5, 0.1)], Read(table, 1, 2));
    }

    [Fact]
    public void Built_from_texts_it_has_their_frequencies()
    {
        var table = TrigramTable.Build(_vocabulary, [[1, 2, 3, 1, 2, 4], [1, 2, 3], [9]], successors: 2);
        Assert.Equal([(3, 2.0 / 3), (4, 1.0 / 3)], Read(table, 1, 2));
        Assert.Equal([(2, 1.0)], Read(table, 3, 1));
        Assert.Equal([(3, 1.0)], Read(TrigramTable.Build(_vocabulary, [[1, 2, 3, 1, 2, 4], [1, 2, 3]], successors: 1), 1, 2));
    }

    [Fact]
    public void It_never_has_more_pairs_than_allowed_and_forgets_those_not_updated_for_longest()
    {
        var table = new TrigramTable(_vocabulary, maxPairs: 8);
        for (var token = 0; token < 8; token++) table.Update([token, token, 1], 0.1, 3, 12);
        table.Update([0, 0, 1], 0.1, 3, 12);
        table.Update([20, 20, 1], 0.1, 3, 12);
        Assert.Equal(7, table.Count);
        Assert.NotEmpty(Read(table, 0, 0));
        Assert.Empty(Read(table, 1, 1));
        Assert.Empty(Read(table, 2, 2));
        foreach (var token in TestStore.Random(500, 40, 3)) table.Update([token, 39 - token, 3], 0.1, 3, 12);
        Assert.InRange(table.Count, 1, 8);
        Assert.Equal(8, TrigramTable.Build(_vocabulary, [TestStore.Random(500, 40, 3)], maxPairs: 8).Count);
    }

    [Fact]
    public void Saved_and_loaded_it_is_the_same()
    {
        var table = TrigramTable.Build(_vocabulary, [TestStore.Random(500, 12, 4)], maxPairs: 100);
        table.Update(TestStore.Random(50, 12, 5), 0.04, 3, 12);
        var path = Path.GetTempFileName();
        table.Save(path);
        var loaded = TrigramTable.Load(path);
        File.Delete(path);
        Assert.Equal((table.Vocabulary, table.MaxPairs, table.Count), (loaded.Vocabulary, loaded.MaxPairs, loaded.Count));
        Assert.Equal(Text(table), Text(loaded));
    }

    [Fact]
    public void Every_damaged_byte_and_every_missing_one_is_found()
    {
        var bytes = Saved(TrigramTable.Build(_vocabulary, [[1, 2, 3, 4]]));
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= 0x10;
            Assert.Throws<InvalidDataException>(() => TrigramTable.Load(new MemoryStream(damaged)));
            Assert.Throws<InvalidDataException>(() => TrigramTable.Load(new MemoryStream(bytes[..i])));
        }
    }

    [Fact]
    public void Another_version_is_named()
    {
        var bytes = Saved(new TrigramTable(_vocabulary));
        bytes[8] = 2;
        Assert.Contains("version 2", Assert.Throws<InvalidDataException>(() => TrigramTable.Load(new MemoryStream(bytes))).Message);
    }

    [Fact]
    public void Many_may_read_and_update_at_once()
    {
        var table = new TrigramTable(_vocabulary, maxPairs: 64);
        Parallel.For(0, 8, seed =>
        {
            var text = TestStore.Random(2000, 12, seed);
            for (var i = 0; i + 16 < text.Length; i += 8)
            {
                table.Update(text.AsSpan(i, 16), 0.04, 3, 12);
                var row = Read(table, text[i], text[i + 1]);
                if (row.Length > 0) Assert.Equal(1, row.Sum(entry => entry.Probability), 9);
            }
        });
        Assert.InRange(table.Count, 1, 64);
    }

    private static (int Token, double Probability)[] Read(TrigramTable table, int first, int second)
    {
        var (tokens, probabilities) = (new int[64], new double[64]);
        var count = table.Read(first, second, tokens, probabilities);
        return [.. tokens.Take(count).Zip(probabilities)];
    }

    private static byte[] Saved(TrigramTable table)
    {
        using var stream = new MemoryStream();
        table.Save(stream);
        return stream.ToArray();
    }

    private static string Text(TrigramTable table) => string.Join("\n", table.Snapshot().Select(entry => $"{entry.Pair}: {string.Join(' ', entry.Row)}"));
}
