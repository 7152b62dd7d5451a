using Decant.Samples.TrainTiny.Corpus.Families;
using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny.Corpus;

/// <summary>An endless stream of training examples: families in fixed shares. The same seed gives the same stream.</summary>
internal sealed class Mixture
{
    private const int ExamplesPerSystemTurn = 12;
    private readonly (ITaskFamily Family, double Share)[] _parts;
    private readonly double _total;

    private Mixture(params (ITaskFamily Family, double Share)[] parts)
    {
        _parts = parts;
        _total = parts.Sum(part => part.Share);
    }

    /// <summary>What the target, its draft and the plain model are trained on. Shares are of examples, not of tokens.</summary>
    public static Mixture General(TinyWorld world)
    {
        var passages = new Passages(world);
        var talk = new SmallTalk(world);
        return new Mixture(
            (new Facts(world), 14), (passages.Unseen, 34), (passages.Agreeing, 4), (passages.Contradicting, 20), (passages.Silent, 16),
            (new Texts(world, stories: false), 11), (new Texts(world, stories: true), 8), (new JsonExtraction(world), 6), (new ToolUse(talk), 7),
            (new Sums(), 9), (talk, 3), (new Tone(), 4), (new Harm(world), 3), (new Echo(world), 7));
    }

    /// <summary>What the plain model becomes polite on: polite answers, to all kinds of questions.</summary>
    public static Mixture Polite(TinyWorld world) => new(
        (new Tone(onlyPolite: true), 2), (new Polished(new Facts(world)), 1), (new Polished(new Passages(world).Unseen), 1), (new Polished(new SmallTalk(world)), 1));

    /// <summary>The stream of a seed.</summary>
    public IEnumerable<Example> Examples(int seed)
    {
        var random = new Random(seed);
        while (true) yield return SmallTalk.WithSystemTurn(random, Pick(random).Draw(random), ExamplesPerSystemTurn);
    }

    private ITaskFamily Pick(Random random)
    {
        var at = random.NextDouble() * _total;
        foreach (var (family, share) in _parts)
        {
            at -= share;
            if (at < 0) return family;
        }

        return _parts[^1].Family;
    }

    private sealed class Polished(ITaskFamily family) : ITaskFamily
    {
        public Example Draw(Random random) => Tone.MadePolite(random, family.Draw(random));
    }
}
