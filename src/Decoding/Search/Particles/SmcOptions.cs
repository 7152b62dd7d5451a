using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>
/// Sequential Monte Carlo: writes several texts side by side under the call's constraints, gives each a weight by how much of the model's probability its constraints left at every token, drops light ones for
/// copies of heavy ones, and answers with one, drawn by weight. The more particles, the closer to what the model would write given that it obeys; a mask alone looks one token ahead.
/// </summary>
/// <remarks>
/// <para>Source: Lew and others, "Sequential Monte Carlo Steering of Large Language Models", 2023. Every token is drawn from the plan's distribution, and the weight takes the factor p / q: its probability before constraints and
/// truncation by the one it was drawn with. A text that comes to a place where nothing may follow has the weight 0. With one particle and no beam it is plain decoding, token for token.</para>
/// <para>All particles run in one batch. The answer comes when all have ended, not token by token. Without constraints (or other things that change what is drawn from) all weights are equal. Needs sampling
/// that draws.</para>
/// </remarks>
public sealed record SmcOptions : SearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "smc";

    /// <summary>Texts side by side; 1 … 256. Default: 8.</summary>
    public int Particles { get; init; } = 8;

    /// <summary>
    /// 0: each goes on with one token, and all are drawn anew where few weights count. 1 … 64: each goes on with so many tokens, and of all those as many as there are particles are left, the heavy
    /// ones as they are. Default: 0.
    /// </summary>
    public int Beam { get; init; }

    /// <summary>The share of particles that must count (the effective sample size by their number) for them not to be drawn anew; 0 … 1, 0 for never. Only without <see cref="Beam"/>. Null: 0.5.</summary>
    public double? EssThreshold { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Particles is >= 1 and <= 256, Particles, nameof(Particles), "from 1 to 256");
        Check(Beam is >= 0 and <= 64, Beam, nameof(Beam), "from 0 to 64");
        Check(EssThreshold is null || (EssThreshold is >= 0 and <= 1 && Beam == 0), EssThreshold, nameof(EssThreshold), "from 0 to 1, and null with a beam, which chooses at every token");
    }

    internal override bool Measures => true;

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.Fork);
        context.RequireDraws(Kind);
        return new SmcSearch(this);
    }
}

internal sealed class SmcSearch(SmcOptions options) : ISearch
{
    private const int ChoiceStream = 7;

    // A particle's score is the natural logarithm of its weight.
    private readonly int _draws = Math.Max(1, options.Beam);

    public async IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (tokens, finish, _) = await SampleAsync(run, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < tokens.Length; i++) yield return new GeneratedToken(tokens[i], i == tokens.Length - 1 ? finish : null);
    }

    /// <summary>One text, and the logarithm of the mean weight: an estimate, unbiased before the logarithm, of the probability that the model obeys.</summary>
    public async ValueTask<(int[] Tokens, FinishKind? Finish, double LogMass)> SampleAsync(SearchRun run, CancellationToken cancellationToken)
    {
        List<Hypothesis> particles = [Hypothesis.Of(run)];
        try
        {
            var (batch, open, offspring) = (new HypothesisBatch(run), new List<Hypothesis>(), new List<Offspring>());
            while (true)
            {
                open.Clear();
                open.AddRange(particles.Where(particle => particle.IsOpen));
                if (open.Count == 0) break;
                var isFirst = run.State.Position == open[0].State.Position;
                await batch.RowsAsync(open, static (_, _, _) => { }, cancellationToken).ConfigureAwait(false);
                Draw(run, particles, isFirst ? options.Particles : 1, offspring);
                if (offspring.Count == 0) throw open[^1].DeadEnd!;
                particles = Survivors(run, particles, offspring);
            }

            var noise = run.State.Noise;
            var weights = Weights(particles.Select(particle => particle.Score), out var largest);
            var (chosen, _) = ParticleWeights.Resample(weights, 1, noise.Uniform(run.State.Position, ChoiceStream, 1))[0];
            return (particles[chosen].State.Generated.ToArray(), particles[chosen].Finish, largest + Math.Log(weights.Sum() / options.Particles));
        }
        finally
        {
            foreach (var particle in particles) particle.Dispose();
        }
    }

    /// <summary>Draws what every particle that has not ended goes on with. All begin as one, whose tokens are drawn for all.</summary>
    private void Draw(SearchRun run, List<Hypothesis> particles, int times, List<Offspring> offspring)
    {
        offspring.Clear();
        var open = 0;
        foreach (var particle in particles)
        {
            if (particle.Finish is not null)
            {
                offspring.Add(new Offspring(particle, -1, particle.Score));
                continue;
            }

            var first = open++ * _draws;
            for (var i = 0; particle.IsOpen && i < times * _draws; i++)
            {
                // Every draw of a token has noise of its own; that of the first is plain decoding's.
                var noise = run.State.Noise.Derive(first + i);
                var token = Sampler.Draw(particle.Row, noise, particle.State.Position);
                offspring.Add(new Offspring(particle, token, particle.Score + particle.Row.LogUnconstrained(token) - Math.Log(particle.Row.ProbabilityOf(token) * _draws)));
            }
        }
    }

    /// <summary>Makes the next particles of some of the offspring. What is left over is freed.</summary>
    private List<Hypothesis> Survivors(SearchRun run, List<Hypothesis> particles, List<Offspring> offspring)
    {
        var weights = Weights(offspring.Select(each => each.LogWeight), out var largest);
        var uniform = run.State.Noise.Uniform(offspring.Max(each => each.Parent.State.Position), ChoiceStream, 0);
        var threshold = (options.EssThreshold ?? 0.5) * options.Particles;
        var chosen = options.Beam > 0
            ? weights.Length > options.Particles ? ParticleWeights.Thin(weights, options.Particles, uniform) : null
            : ParticleWeights.EffectiveCount(weights) < threshold ? ParticleWeights.Resample(weights, options.Particles, uniform) : null;
        chosen ??= [.. weights.Select((weight, index) => (index, weight))];

        var uses = chosen.CountBy(each => offspring[each.Index].Parent).ToDictionary();
        foreach (var unused in particles.Where(particle => !uses.ContainsKey(particle))) unused.Dispose();
        List<(Hypothesis Particle, Offspring Origin)> next = [];
        foreach (var (index, weight) in chosen)
        {
            // The last to use a parent takes its place; what the others need of it they have by then.
            var origin = offspring[index];
            var particle = --uses[origin.Parent] > 0 ? origin.Parent.Fork() : origin.Parent;
            next.Add((particle, origin with { LogWeight = largest + Math.Log(weight) }));
        }

        foreach (var (particle, origin) in next)
        {
            particle.Score = origin.LogWeight;
            if (origin.Token >= 0) particle.Append(origin.Token, origin.Parent.Row, run.Limits);
        }

        return next.ConvertAll(each => each.Particle);
    }

    // Relative to the largest, for products of many probabilities are small.
    private static double[] Weights(IEnumerable<double> logarithms, out double largest)
    {
        var weights = logarithms.ToArray();
        largest = weights.Max();
        for (var i = 0; i < weights.Length; i++) weights[i] = Math.Exp(weights[i] - largest);
        return weights;
    }

    private readonly record struct Offspring(Hypothesis Parent, int Token, double LogWeight);
}
