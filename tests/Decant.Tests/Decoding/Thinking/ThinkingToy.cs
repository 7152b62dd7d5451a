namespace Decant.Tests.Decoding.Thinking;

/// <summary>A model that reasons, in a few tokens, and plans that control it: with tokens for its marks, or with marks written in pieces.</summary>
internal sealed class ThinkingToy : IDisposable
{
    public const string Open = "<think>";
    public const string Close = "</think>";
    private static readonly string[] _texts = ["a", "b", "x", "\n", "Wait", "Let", " me", "</", "think", ">", "<", "b</", ">\n"];

    /// <param name="special">Whether the marks are tokens.</param>
    /// <param name="row">The model: fills the logits of texts that follow a text; those it says nothing about are at −3.</param>
    public ThinkingToy(bool special, Action<string, IDictionary<string, float>> row)
    {
        string[] all = special ? ["<s>", "</s>", .. _texts, Open, Close, Close + "\n"] : ["<s>", "</s>", .. _texts];
        Vocabulary = new TestVocabulary(all);
        Model = new TableModel(all.Length, (tokens, logits) =>
        {
            var wanted = new Dictionary<string, float>();
            row(Text(tokens[1..]), wanted);
            for (var id = 0; id < all.Length; id++) logits[id] = wanted.TryGetValue(all[id], out var logit) ? logit : id == 0 ? float.NegativeInfinity : -3;
        });
    }

    public TestVocabulary Vocabulary { get; }

    public TableModel Model { get; }

    /// <summary>What the last run counted.</summary>
    public GenerationRequest Last { get; private set; } = null!;

    /// <summary>A model that closes its reasoning at once, answers "a" and ends.</summary>
    public static ThinkingToy Hasty(bool special) => new(special, (text, next) =>
    {
        var inside = !text.Contains(Close);
        if (!inside) next[text.EndsWith('a') ? "</s>" : "a"] = 9;
        else if (special) (next[Close], next[Open]) = (8, text.Length == 0 ? 9 : -3);
        else next[text.EndsWith("</") ? "think" : text.EndsWith("</think") ? ">" : "</"] = 9;
    });

    /// <summary>A model that writes either mark whenever it can, and other things too.</summary>
    public static ThinkingToy Marker(bool special) => new(special, (text, next) =>
    {
        foreach (var (piece, logit) in (ReadOnlySpan<(string, float)>)[(Open, 1), (Close, 2), (Close + "\n", 1), ("</", 2), ("b</", 1), ("<", 1), ("think", text.EndsWith('/') || text.EndsWith('<') ? 4 : 0), (">", text.EndsWith("think") ? 4 : 0), (">\n", text.EndsWith("think") ? 3 : -1), ("a", 1), ("</s>", 1), ("Wait", .5f), ("Let", 0)]) next[piece] = logit;
    });

    public string Text(ReadOnlySpan<int> tokens) => string.Concat(tokens.ToArray().Select(id => TokenText.Of(Vocabulary, id)));

    public DecodingPlan Plan(ThinkingOptions thinking, bool isOpen = false, SamplerOptions? sampling = null, Func<DecodingOptions, DecodingOptions>? more = null, DecodingServices? services = null)
    {
        var options = new DecodingOptions { Thinking = thinking, Sampling = sampling ?? new GreedyOptions() };
        return DecodingPlan.Compile(more?.Invoke(options) ?? options, Vocabulary.Context with { Model = Model.Info, Services = services ?? new DecodingServices() }).AfterReasoning(Open, Close, isOpen);
    }

    /// <summary>The tokens of every result.</summary>
    public List<int[]> Run(DecodingPlan plan, int maxTokens = 40)
    {
        using var sequence = Model.OpenSequence();
        Last = new GenerationRequest { Sequence = sequence, Prompt = new[] { 0 }, Plan = plan, MaxTokens = maxTokens, EndTokens = [1] };
        List<List<int>> results = [];
        foreach (var token in Generator.GenerateAsync(Last).ToBlockingEnumerable())
        {
            if (token.Result == results.Count) results.Add([]);
            results[^1].Add(token.Id);
        }

        return results.ConvertAll(result => result.ToArray());
    }

    public string Write(DecodingPlan plan, int maxTokens = 40) => Text(Run(plan, maxTokens)[0]);

    public void Dispose() => Model.Dispose();
}
