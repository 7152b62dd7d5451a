namespace Decant.Tests.Oracles;

/// <summary>
/// Superposed decoding written as its definition says: all that was mixed is read anew for every token, on a sequence of its own, and n-grams are counted by looking through the texts. Plain
/// sampling, temperature 1.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="embed">A token's embedding.</param>
/// <param name="texts">The corpus.</param>
internal sealed class ReferenceSuperposed(ICausalModel model, Func<int, float[]> embed, int[][] texts)
{
    /// <summary>The drafts, the best first, with their scores.</summary>
    public async Task<List<(int[] Tokens, double Score)>> RunAsync(int[] prompt, SuperposedDraftsOptions options, params int[] ends)
    {
        List<(int[] Tokens, double Score)> growing = [([], 0)], ended = [];
        var read = new List<float[]>();
        for (var step = 0; step < options.MaxTokens && growing.Count > 0; step++)
        {
            var logits = await LogitsAsync(prompt, read);
            var likeliest = Enumerable.Range(0, logits.Length).OrderByDescending(id => logits[id]).Take(options.Candidates ?? 3 * options.Drafts).ToArray();
            var total = likeliest.Sum(id => Math.Exp((logits[id] - logits[likeliest[0]]) / options.Temperature));
            var best = growing
                .SelectMany(draft => likeliest.Select(id => (Tokens: (int[])[.. draft.Tokens, id], Score: draft.Score + Score(
                    options, [.. prompt, .. draft.Tokens], id, ((logits[id] - logits[likeliest[0]]) / options.Temperature) - Math.Log(total)))))
                .OrderByDescending(draft => draft.Score).Take(options.Drafts - ended.Count).ToList();
            ended.AddRange(best.Where(draft => ends.Contains(draft.Tokens[^1])));
            growing = best.FindAll(draft => !ends.Contains(draft.Tokens[^1]));
            read.Add(Mix(growing));
        }

        return [.. growing.Concat(ended).Select(draft => (draft.Tokens, draft.Score / draft.Tokens.Length)).OrderByDescending(draft => draft.Item2)];
    }

    private double Score(SuperposedDraftsOptions options, int[] text, int id, double logModel)
    {
        var alpha = options.Alpha ?? (options.Corpus is null ? 0 : 0.54);
        if (alpha == 0) return logModel;
        var sum = 0.0;
        for (var n = 1; n <= Math.Min(options.NgramWeights.Count, text.Length); n++)
        {
            var followers = texts.SelectMany(corpus => Enumerable.Range(0, Math.Max(0, corpus.Length - n)).Where(at => corpus.AsSpan(at, n).SequenceEqual(text.AsSpan(text.Length - n))).Select(at => corpus[at + n])).ToList();
            if (followers.Count > 0) sum += options.NgramWeights[n - 1] * followers.Count(follower => follower == id) / followers.Count;
        }

        return ((1 - alpha) * logModel) + (sum > 0 ? alpha * Math.Log(sum) : -options.MissPenalty);
    }

    private float[] Mix(List<(int[] Tokens, double Score)> drafts)
    {
        var mean = new double[model.Info.HiddenSize];
        foreach (var (tokens, score) in drafts)
        {
            var weight = 1 / drafts.Sum(other => Math.Exp(other.Score - score));
            var embedding = embed(tokens[^1]);
            for (var i = 0; i < mean.Length; i++) mean[i] += weight * embedding[i];
        }

        return [.. mean.Select(value => (float)value)];
    }

    private async Task<float[]> LogitsAsync(int[] prompt, List<float[]> read)
    {
        using var sequence = model.OpenSequence();
        using var first = await sequence.ForwardAsync(new ForwardInput(prompt));
        if (read.Count == 0) return first.Logits(0).ToArray();
        using var rest = await sequence.ForwardAsync(new ForwardInput { Embeddings = read.SelectMany(row => row).ToArray() });
        return rest.Logits(0).ToArray();
    }
}
