using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Decant.Tests;

/// <summary>(1 + α) of the target minus α of what the last token alone says, where the target finds it at least a tenth as likely as its likeliest.</summary>
internal sealed record LinearContrastOptions(float Alpha) : ContrastOptions
{
    public override string Kind => "test-linear";

    public override ILogitPolicy Compile(PlanContext context) => new Policy(Alpha);

    private sealed class Policy(float alpha) : ILogitPolicy
    {
        public IReadOnlyList<BranchRequest> Branches { get; } = [BranchRequest.Target, new BranchRequest("last_token", null, BranchPrompt.LastToken)];

        public void Combine(in BranchRows rows, GenerationState state, RowScratch scratch, Span<float> destination, ref RowReport report)
        {
            TensorPrimitives.Multiply(rows[1], -alpha, destination);
            TensorPrimitives.MultiplyAdd(rows[0], 1 + alpha, destination, destination);
            (report.Weight, report.Divergence, report.Layer) = (alpha, 0.25f, 3);
        }

        public void Mask(in BranchRows rows, RowScratch scratch, Span<float> destination, ref RowReport report)
        {
            var least = TensorPrimitives.Max(rows[0]) + MathF.Log(0.1f);
            for (var id = 0; id < destination.Length; id++)
            {
                if (rows[0][id] >= least) continue;
                destination[id] = float.NegativeInfinity;
                report.ImplausibleCount++;
            }
        }
    }
}

/// <summary>Only tokens whose id is a multiple of <paramref name="Factor"/>.</summary>
internal sealed record MultiplesOptions(int Factor) : ConstraintOptions
{
    public override string Kind => "test-multiples";

    public override IConstraint Compile(PlanContext context) => new Constraint(Factor);

    private sealed class Constraint(int factor) : IConstraint
    {
        public string Name => "test-multiples";

        public bool Accepting => true;

        public void FillMask(Span<ulong> mask)
        {
            for (var id = 0; id < 64 * mask.Length; id++)
            {
                if (id % factor != 0) mask[id >> 6] &= ~(1UL << (id & 63));
            }
        }

        public bool TryAccept(int token) => token % factor == 0;

        public void Rollback(int tokenCount)
        {
        }

        public IConstraint Fork() => this;
    }
}

/// <summary>Takes the second likeliest token every time that there are two.</summary>
internal sealed record SecondBestOptions : SearchOptions
{
    public override string Kind => "test-second-best";

    public override ISearch Compile(PlanContext context) => new Search();

    private sealed class Search : ISearch
    {
        public async IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (var generated = 1; ; generated++)
            {
                int token;
                using (var step = await run.Branches.ForwardAsync(1, run.Plan.Taps, cancellationToken: cancellationToken))
                {
                    var logits = run.Plan.Target.Row(step.Rows(), run.State, new TokenDistribution()).ToArray();
                    token = Enumerable.Range(0, logits.Length).Where(id => float.IsFinite(logits[id])).OrderByDescending(id => logits[id]).Take(2).Last();
                }

                run.State.Commit(token);
                var finish = run.Limits.Finish(token, generated, run.Branches);
                yield return new GeneratedToken(token, finish);
                if (finish is not null) yield break;
                run.Branches.Feed([token]);
            }
        }
    }
}
