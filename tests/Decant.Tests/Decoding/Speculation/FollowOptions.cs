namespace Decant.Tests.Decoding.Speculation;

/// <summary>Behind one token another is forced: because nothing else is allowed there, or as a guess only.</summary>
internal sealed record FollowOptions(int Token, int Next, bool Certain) : ConstraintOptions
{
    public override string Kind => "test-follow";

    public override IConstraint Compile(PlanContext context) => new Constraint(this, []);

    private sealed class Constraint(FollowOptions options, List<int> tokens) : IConstraint
    {
        private readonly int[] _next = [options.Next];

        public string Name => "follow";

        public bool Accepting => true;

        public ReadOnlySpan<int> Forced => tokens.Count > 0 && tokens[^1] == options.Token ? _next : [];

        public void FillMask(Span<ulong> mask)
        {
            if (!options.Certain || Forced.IsEmpty) return;
            for (var i = 0; i < mask.Length; i++) mask[i] &= options.Next >> 6 == i ? 1UL << (options.Next & 63) : 0;
        }

        public bool TryAccept(int token)
        {
            if (options.Certain && !Forced.IsEmpty && token != options.Next) return false;
            tokens.Add(token);
            return true;
        }

        public void Rollback(int tokenCount) => tokens.RemoveRange(tokens.Count - tokenCount, tokenCount);

        public IConstraint Fork() => new Constraint(options, [.. tokens]);
    }
}
