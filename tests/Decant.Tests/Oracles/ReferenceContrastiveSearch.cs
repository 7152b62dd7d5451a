namespace Decant.Tests;

/// <summary>Contrastive search as the paper states it: nothing kept between steps, every candidate's text read from its beginning, in float64.</summary>
internal static class ReferenceContrastiveSearch
{
    public static async Task<List<int>> RunAsync(ICausalModel model, int[] prompt, ContrastiveSearchOptions options, float temperature, int count)
    {
        List<int> text = [.. prompt];
        while (text.Count < prompt.Length + count)
        {
            var (logits, states) = await ReadAsync(model, text);
            var weights = logits.Select(logit => Math.Exp((logit - logits.Max()) / (temperature == 0 ? 1 : temperature))).ToArray();
            var compared = states.TakeLast(options.Window ?? int.MaxValue).ToList();
            var (best, highest) = (-1, double.NegativeInfinity);
            foreach (var candidate in Enumerable.Range(0, logits.Length).OrderByDescending(id => logits[id]).Take(options.TopK))
            {
                var own = (await ReadAsync(model, [.. text, candidate])).States[^1];
                var score = ((1 - options.Alpha) * weights[candidate] / weights.Sum()) - (options.Alpha * compared.Max(state => Cosine(state, own)));
                if (score > highest) (best, highest) = (candidate, score);
            }

            text.Add(best);
        }

        return text[prompt.Length..];
    }

    private static async Task<(float[] Logits, List<float[]> States)> ReadAsync(ICausalModel model, List<int> text)
    {
        using var sequence = model.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput(text.ToArray()) { Taps = new Taps { FinalHidden = true } });
        return (result.Logits(0).ToArray(), [.. Enumerable.Range(0, text.Count).Select(row => result.FinalHidden(row).ToArray())]);
    }

    private static double Cosine(float[] a, float[] b)
        => a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(y => (double)y * y));
}
