using Decant.Decoding;

namespace Decant.Benchmarks.Speculate;

/// <summary>
/// Drafts so that acceptance follows a recorded pattern: with random weights no draft would ever be right by itself. The text's own tokens are drafted as often as the pattern
/// says, then a wrong one. A model that drafts runs all the same, so that it costs what it costs.
/// </summary>
internal sealed record ReplayOptions(IReadOnlyList<int> Text, IReadOnlyList<int> Pattern, int MaxTokens, bool Model) : SpeculationOptions, IDrafter
{
    public override string Kind => "replay";

    string IDrafter.Name => Kind;

    SiblingLaw IDrafter.Law => SiblingLaw.Deterministic;

    bool IDrafter.Branches => false;

    IReadOnlyList<string> IDrafter.Models => Model ? ["draft"] : [];

    public override IDrafter Compile(PlanContext context) => this;

    IDraftRun IDrafter.Open(DraftSetup setup) => new Run(this, Model ? setup.Drafts[0].Sequence : null, setup.Request.Cached.Length + setup.Request.Prompt.Length);

    private sealed class Run(ReplayOptions options, ISequence? model, int promptLength) : IDraftRun
    {
        private int _round;

        public async ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
        {
            var written = round.State.Position - promptLength;
            var right = options.Pattern[_round++ % options.Pattern.Count];
            var node = round.Root;
            if (model is not null)
            {
                // It catches up with what became text, then drafts token by token.
                model.Truncate(Math.Min(model.Length, round.State.Position - 1));
                var rest = round.State.Tokens[model.Length..].ToArray();
                (await model.ForwardAsync(new ForwardInput(rest), cancellationToken)).Dispose();
            }

            var most = Math.Min(options.MaxTokens, Math.Min(round.MaxDepth, round.MaxNodes));
            for (var i = 0; i < most; i++)
            {
                var token = options.Text[Math.Min(written + i, options.Text.Count - 1)];
                if (i >= right) token = token == 0 ? 1 : 0;
                node = round.Tree.Add(node, token, options.Kind);
                if (model is not null && i < most - 1) (await model.ForwardAsync(new ForwardInput(new[] { token }), cancellationToken)).Dispose();
            }
        }

        public void Dispose()
        {
        }
    }
}
