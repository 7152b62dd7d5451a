namespace Decant.Tests.Decoding.Processors;

/// <summary>Logit bias, banned texts and an application's own processors.</summary>
public class BiasTests
{
    private static readonly TestVocabulary _vocabulary = TestVocabulary.Standard;

    [Fact]
    public void Biases_are_added_by_id_and_by_text()
    {
        var options = new LogitBiasOptions { Tokens = new Dictionary<int, float> { [7] = 1, [8] = 2 }, Texts = new Dictionary<string, float> { [" the"] = -3, [_text(8)] = 4 } };
        var row = Plans.Over(_vocabulary.Context, new GreedyOptions(), options).Processed(new float[_vocabulary.Count], [5], []);
        Assert.Equal((1, 6, -3, 0), (row[7], row[8], row[_vocabulary.Ids(" the")[0]], row[_vocabulary.Ids("the")[0]]));
    }

    [Fact]
    public void A_bias_of_minus_100_is_never_drawn()
    {
        using var model = TableModel.Random(_vocabulary.Count);
        var tokens = Plans.Of(new SamplingOptions { Seed = 1 }, new LogitBiasOptions { Tokens = new Dictionary<int, float> { [7] = -100 } }).Generate(model, 5000, 1);
        Assert.DoesNotContain(7, tokens);
        Assert.Contains(7, Plans.Of(new SamplingOptions { Seed = 1 }).Generate(model, 5000, 1));
    }

    [Fact]
    public void What_is_no_single_token_or_no_token_at_all_is_refused()
    {
        var unknown = new LogitBiasOptions { Texts = new Dictionary<string, float> { ["abcd"] = 1 } };
        var message = Assert.Throws<ArgumentException>(() => Plans.Over(_vocabulary.Context, new GreedyOptions(), unknown)).Message;
        Assert.Contains("\"abcd\"", message);
        Assert.Contains("2 of them", message);
        var large = Plans.Of(new GreedyOptions(), new LogitBiasOptions { Tokens = new Dictionary<int, float> { [4000] = 1 } });
        Assert.Contains("4000", Assert.Throws<ArgumentException>(() => large.Row(new float[40])).Message);
    }

    [Fact]
    public void Dictionaries_are_equal_by_value_whatever_their_order()
    {
        ValueDictionary<string, float> left = new Dictionary<string, float> { ["b"] = 1, ["a"] = 2 }, right = new Dictionary<string, float> { ["a"] = 2, ["b"] = 1 };
        Assert.Equal(left, right);
        Assert.Equal(left.GetHashCode(), right.GetHashCode());
        Assert.Equal("{a: 2, b: 1}", left.ToString());
        Assert.NotEqual(left, new Dictionary<string, float> { ["a"] = 2 });
        var message = Assert.Throws<ArgumentException>(() => DecodingOptions.Read("""{"kind": "logit-bias", "tokens": {"seven": 1}}""")).Message;
        Assert.Contains("seven", message);
    }

    [Fact]
    public void A_banned_text_is_found_across_tokens_by_its_bytes()
    {
        string[] banned = ["abc", "b a", "cc", "he\n"];
        var plan = Plans.Over(_vocabulary.Context, new GreedyOptions(), new BannedSequencesOptions { Texts = [.. banned], Bias = -5 });
        int[] alphabet = _vocabulary.Ids("a", "b", "c", " ", " a", "ab", "bc", "he", "\n", "</s>");
        var random = new Random(3);
        for (var round = 0; round < 500; round++)
        {
            int[] generated = [.. Enumerable.Range(0, random.Next(7)).Select(_ => alphabet[random.Next(alphabet.Length)])];
            var written = string.Concat(generated.Select(_text)).Split("</s>")[^1];
            var expected = Enumerable.Range(0, _vocabulary.Count)
                .Select(token => !_vocabulary.IsSpecial(token) && banned.Any(text => (written + _text(token)).IndexOf(text, Math.Max(0, written.Length - text.Length + 1), StringComparison.Ordinal) >= 0) ? -5f : 0);
            Assert.Equal(expected, plan.Processed(new float[_vocabulary.Count], [5, 6], generated));
        }
    }

    [Fact]
    public void A_banned_text_is_never_written()
    {
        using var model = TableModel.Random(_vocabulary.Count);
        string Text(params ProcessorOptions[] processors) => string.Concat(Plans.Over(_vocabulary.Context, new SamplingOptions { Seed = 1 }, processors).Generate(model, 5000, 1).Select(_text));
        Assert.Contains("ab", Text());
        var text = Text(new BannedSequencesOptions { Texts = ["ab", "the"] });
        Assert.DoesNotContain("ab", text.Replace("<s>", " ").Replace("</s>", " "));
        Assert.DoesNotContain("the", text.Replace("<s>", " ").Replace("</s>", " "));
    }

    [Fact]
    public void An_own_processor_sees_prefix_and_position_and_is_named()
    {
        var services = new DecodingServices().Add<ProcessorFactory>("echo", context => new Echo(context.Vocabulary.Count));
        var plan = Plans.Over(_vocabulary.Context with { Services = services }, new GreedyOptions(), new CustomProcessorOptions { Name = "echo" });
        Assert.Equal([9], plan.Row(new float[_vocabulary.Count], 8, 9).Ids);
        var message = Assert.Throws<ArgumentException>(() => Plans.Over(_vocabulary.Context with { Services = services }, new GreedyOptions(), new CustomProcessorOptions { Name = "other" })).Message;
        Assert.Contains("\"other\"", message);
        Assert.Contains("echo", message);
        services.Add<ProcessorFactory>("none", _ => null!);
        Assert.Contains("none", Assert.Throws<ArgumentException>(() => Plans.Over(_vocabulary.Context with { Services = services }, new GreedyOptions(), new CustomProcessorOptions { Name = "none" })).Message);
    }

    private static readonly Func<int, string> _text = id => System.Text.Encoding.UTF8.GetString(_vocabulary.Bytes(id));

    private sealed class Echo(int vocabulary) : ILogitProcessor
    {
        public void Apply(GenerationState state, Span<float> logits) => logits[state.Tokens[^1] % vocabulary] += 10 + state.Position;

        public void Commit(int token)
        {
        }

        public void Rollback(int tokenCount)
        {
        }

        public IRowProcessor Fork() => this;
    }
}
