namespace Decant.Tests.Decoding.Speculation;

public class RetrievalTests
{
    private static readonly VocabularyId _vocabulary = VocabularyId.Of(TestVocabulary.Standard);

    [Fact]
    public void Suffixes_are_in_order_and_nothing_is_compared_beyond_a_text()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            var texts = Enumerable.Range(0, random.Next(1, 5)).Select(i => TestStore.Random(random.Next(1, 40), random.Next(1, 4), (9 * seed) + i)).ToList();
            int[] tokens = [.. texts.SelectMany(text => (int[])[.. text, -1])];
            var expected = Enumerable.Range(0, tokens.Length).Order(Comparer<int>.Create((first, second) => Compare(tokens, first, second))).ToArray();
            Assert.Equal(expected, SuffixSorter.Sort(tokens));
        }
    }

    [Fact]
    public void Equal_texts_and_long_repeats_are_sorted_too()
    {
        int[] text = [.. Enumerable.Repeat(7, 300)];
        int[] tokens = [.. text, -1, .. text, -1];
        var order = SuffixSorter.Sort(tokens);
        Assert.Equal(Enumerable.Range(0, tokens.Length), order.Order());
        for (var i = 1; i < order.Length; i++) Assert.True(Compare(tokens, order[i - 1], order[i]) < 0);
        Assert.Equal([], SuffixSorter.Sort([]));
    }

    [Fact]
    public void Drafts_are_those_of_a_search_through_every_text()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var texts = Enumerable.Range(0, 5).Select(i => TestStore.Random(60, 3, (5 * seed) + i)).ToArray();
            var prompt = TestStore.Random(12, 3, 1000 + seed);
            using var store = TestStore.Of(_vocabulary, texts);
            var options = new RetrievalOptions { Store = "s", MaxSuffix = 5, MinSuffix = 2, MaxContinuation = 3 };
            using var drafter = new OneDrafter(options, prompt, new DecodingServices().Add("s", store));
            drafter.Round.MaxNodes = 1 + (seed % 20);
            var counts = Counts(texts, prompt, options);
            var drafted = drafter.Paths();
            Assert.Equal(Math.Min(drafter.Round.MaxNodes, counts.Count), drafted.Length);
            Assert.Equal(counts.Values.OrderDescending().Take(drafted.Length), drafted.Select(path => counts[path]));
        }
    }

    [Fact]
    public void The_longest_end_that_has_something_behind_it_counts()
    {
        string[] Paths(RetrievalOptions options, params int[] prompt)
        {
            using var store = TestStore.Of(_vocabulary, [1, 2, 3, 4, 5], [2, 3, 6], [2, 3, 6], [1, 2]);
            using var drafter = new OneDrafter(options with { Store = "s" }, prompt, new DecodingServices().Add("s", store));
            return drafter.Paths();
        }

        Assert.Equal(["4", "4 5"], Paths(new RetrievalOptions(), 1, 2, 3));
        Assert.Equal(["4"], Paths(new RetrievalOptions { MaxContinuation = 1 }, 1, 2, 3));
        Assert.Equal(["6", "4", "4 5"], Paths(new RetrievalOptions { MaxSuffix = 2 }, 1, 2, 3));
        Assert.Equal([], Paths(new RetrievalOptions(), 9, 3));
        Assert.Equal(["6", "4", "4 5"], Paths(new RetrievalOptions { MinSuffix = 1 }, 9, 3));

        // The end of a text has nothing behind it, the next text least of all.
        Assert.Equal([], Paths(new RetrievalOptions(), 3, 6));
        Assert.Equal(["3", "3 4", "3 4 5"], Paths(new RetrievalOptions(), 1, 2));
    }

    [Fact]
    public void Of_very_many_occurrences_a_sample_is_read_that_has_every_frequent_continuation()
    {
        int[] text = [.. Enumerable.Range(0, 12000).SelectMany(i => (int[])[1, 2, i % 3 == 0 ? 3 : 4])];
        using var store = TestStore.Of(_vocabulary, text);
        using var drafter = new OneDrafter(new RetrievalOptions { Store = "s", MaxContinuation = 1 }, [1, 2], new DecodingServices().Add("s", store));
        Assert.Equal(["4", "3"], drafter.Paths());
    }

    [Fact]
    public void Nothing_is_drafted_behind_a_token_that_ends_the_text_or_below_the_round_s_depth()
    {
        using var store = TestStore.Of(_vocabulary, [1, 2, 3, 4, 5, 6]);
        using var ended = new OneDrafter(new RetrievalOptions { Store = "s" }, [1, 2], new DecodingServices().Add("s", store), ends: [4]);
        Assert.Equal(["3", "3 4"], ended.Paths());
        using var shallow = new OneDrafter(new RetrievalOptions { Store = "s" }, [1, 2], new DecodingServices().Add("s", store));
        shallow.Round.MaxDepth = 3;
        Assert.Equal(["3", "3 4", "3 4 5"], shallow.Paths());
    }

    [Fact]
    public void A_missing_store_and_one_of_another_vocabulary_are_refused_by_name()
    {
        var missing = Assert.Throws<ArgumentException>(() => Compile(new DecodingServices()));
        Assert.Contains("retrieval: Store names \"s\"", missing.Message);
        using var store = TestStore.Of(VocabularyId.Of(new TestVocabulary("a", "b")), [0, 1]);
        var other = Assert.Throws<ArgumentException>(() => Compile(new DecodingServices().Add("s", store)));
        Assert.Contains("retrieval: Store \"s\" is of another vocabulary", other.Message);
    }

    [Fact]
    public void Every_damaged_byte_and_a_missing_end_are_found_when_the_store_is_opened()
    {
        var path = Path.GetTempFileName();
        var builder = new RetrievalStoreBuilder(_vocabulary);
        builder.Add([1, 2, 3]);
        builder.Write(path);
        var bytes = File.ReadAllBytes(path);
        using (var whole = RetrievalStore.Open(path)) Assert.Equal((_vocabulary, 4), (whole.Vocabulary, whole.Count));
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= 0x10;
            File.WriteAllBytes(path, damaged);
            Assert.Contains(path, Assert.Throws<InvalidDataException>(() => RetrievalStore.Open(path)).Message);
        }

        File.WriteAllBytes(path, bytes[..^1]);
        Assert.Throws<InvalidDataException>(() => RetrievalStore.Open(path, verify: false));
        bytes[8] = 9;
        File.WriteAllBytes(path, bytes);
        Assert.Contains("version 9", Assert.Throws<InvalidDataException>(() => RetrievalStore.Open(path)).Message);

        // Without the check a token may be wrong, as verification will find; what the header says must fit all the same.
        (bytes[8], bytes[^30]) = (1, 99);
        File.WriteAllBytes(path, bytes);
        RetrievalStore.Open(path, verify: false).Dispose();
        File.Delete(path);
    }

    [Fact]
    public void Files_that_are_none_are_refused_by_name()
    {
        var path = Path.GetTempFileName();
        Assert.Contains($"{path} is not a store of texts", Assert.Throws<InvalidDataException>(() => RetrievalStore.Open(path)).Message);
        File.WriteAllText(path, new string('x', 1000));
        Assert.Contains($"{path} is not a store of texts", Assert.Throws<InvalidDataException>(() => RetrievalStore.Open(path)).Message);
        File.Delete(path);
        Assert.Contains(path, Assert.Throws<FileNotFoundException>(() => RetrievalStore.Open(path)).Message);
        Assert.Contains($"{Path.GetTempPath()} is a folder", Assert.Throws<InvalidDataException>(() => RetrievalStore.Open(Path.GetTempPath())).Message);
    }

    [Fact]
    public void A_store_that_is_damaged_and_was_not_verified_changes_no_text()
    {
        var path = Path.GetTempFileName();
        var builder = new RetrievalStoreBuilder(_vocabulary);
        builder.Add(TestStore.Random(40, 4, 1));
        builder.Write(path);
        var bytes = File.ReadAllBytes(path);
        var runs = new SpeculationRuns(TestVocabulary.Standard.Count, scale: 1) { Target = TableModel.Random(4, order: 1) };
        var plain = runs.Run(new DecodingOptions().WithSeed(1), 20);
        var warnings = 0;
        for (var i = RetrievalStore.HeaderSize; i < bytes.Length; i++)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= 0xFF;
            File.WriteAllBytes(path, damaged);
            using var store = RetrievalStore.Open(path, verify: false);
            var plan = DecodingPlan.Compile(new DecodingOptions { Speculation = new RetrievalOptions { Store = "s", MinSuffix = 1 } }.WithSeed(1), TestVocabulary.Standard.Context with { Services = new DecodingServices().Add("s", store) });
            var counter = new SpeculationCounter();
            Assert.Equal(plain, runs.Run(plan, 20, counter: counter));
            warnings += counter.Warnings.Count;
        }

        Assert.True(warnings > 20, $"{warnings}");
        File.Delete(path);
    }

    [Fact]
    public void A_store_has_a_largest_size_and_only_tokens_of_its_vocabulary()
    {
        var builder = new RetrievalStoreBuilder(_vocabulary, maxTokens: 8);
        builder.Add([1, 2, 3]);
        Assert.Throws<InvalidOperationException>(() => builder.Add([1, 2, 3, 4]));
        builder.Add([1, 2, 3]);
        Assert.Equal(8, builder.Count);
        Assert.Throws<ArgumentException>(() => builder.Add([40]));
        Assert.Throws<ArgumentException>(() => builder.Add([-1]));
    }

    [Fact]
    public void A_file_that_cannot_be_put_in_its_place_leaves_none_half_written()
    {
        var folder = Directory.CreateTempSubdirectory("decant-store-").FullName;
        try
        {
            var taken = Directory.CreateDirectory(Path.Combine(folder, "texts")).FullName;
            var builder = new RetrievalStoreBuilder(_vocabulary);
            builder.Add([1, 2]);
            Assert.ThrowsAny<Exception>(() => builder.Write(taken));
            Assert.ThrowsAny<Exception>(() => new TrigramTable(_vocabulary).Save(taken));
            Assert.Equal(["texts"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static DecodingPlan Compile(DecodingServices services)
        => DecodingPlan.Compile(new DecodingOptions { Speculation = new RetrievalOptions { Store = "s" } }, TestVocabulary.Standard.Context with { Services = services });

    // Tokens up to the end of the text; of equal ones, the earlier text is first.
    private static int Compare(int[] tokens, int first, int second)
    {
        for (var i = 0; ; i++)
        {
            var (one, other) = (tokens[first + i], tokens[second + i]);
            if (one != other) return one.CompareTo(other);
            if (one < 0) return first.CompareTo(second);
        }
    }

    private static Dictionary<string, int> Counts(int[][] texts, int[] prompt, RetrievalOptions options)
    {
        for (var length = Math.Min(options.MaxSuffix, prompt.Length); length >= options.MinSuffix; length--)
        {
            var counts = new Dictionary<string, int>();
            foreach (var text in texts)
            {
                for (var start = 0; start + length < text.Length; start++)
                {
                    if (!text.AsSpan(start, length).SequenceEqual(prompt.AsSpan()[^length..])) continue;
                    var rest = text.Skip(start + length).Take(options.MaxContinuation).ToList();
                    for (var i = 1; i <= rest.Count; i++)
                    {
                        var path = string.Join(' ', rest.Take(i));
                        counts[path] = counts.GetValueOrDefault(path) + 1;
                    }
                }
            }

            if (counts.Count > 0) return counts;
        }

        return [];
    }
}
