namespace Decant.Tests.Oracles;

/// <summary>Beam search on a toy as one would write it down: every text is a string, every step looks at everything.</summary>
internal static class ReferenceBeam
{
    public static List<(string Text, double Score)> Search(SearchToy toy, BeamOptions options, int maxTokens)
    {
        double Score(double logProbability, int length) => logProbability / Math.Pow(length, options.LengthPenalty);
        List<(string Text, double LogProbability)> running = [("", 0)];
        List<(string Text, double Score)> ended = [];
        for (var length = 1; running.Count > 0; length++)
        {
            var best = running.SelectMany(each => toy.Next(each.Text).Select(next => (Text: each.Text + next.Key, LogProbability: each.LogProbability + Math.Log(next.Value))))
                .OrderByDescending(each => each.LogProbability).Take(2 * options.Beams).ToList();
            ended.AddRange(best.Take(options.Beams).Where(each => each.Text.EndsWith(SearchToy.End)).Select(each => (each.Text, Score(each.LogProbability, length))));
            running = [.. best.Where(each => !each.Text.EndsWith(SearchToy.End)).Take(options.Beams)];
            if (length == maxTokens)
            {
                ended.AddRange(running.Select(each => (each.Text, Score(each.LogProbability, length))));
                running = [];
            }

            ended = [.. ended.OrderByDescending(each => each.Score).Take(options.Beams)];
            if (running.Count == 0 || ended.Count < options.Beams) continue;
            var hoped = options.EarlyStopping == EarlyStopping.Never && options.LengthPenalty > 0 ? maxTokens : length;
            if (options.EarlyStopping == EarlyStopping.First || Score(running[0].LogProbability, hoped) <= ended[^1].Score) break;
        }

        return [.. ended.Take(options.Results)];
    }
}
