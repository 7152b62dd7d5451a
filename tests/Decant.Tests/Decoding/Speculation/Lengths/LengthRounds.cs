namespace Decant.Tests.Decoding.Speculation.Lengths;

/// <summary>Plays rounds to a length controller without models.</summary>
internal static class LengthRounds
{
    /// <summary>A run of a controller, ready for its first draft.</summary>
    public static ILengthRun Open(this LengthOptions options, DecodingServices? services = null, TableModel? target = null)
    {
        options.Validate();
        var request = new GenerationRequest { Sequence = (target ?? TableModel.Random(4)).OpenSequence(), Prompt = new[] { 0 } };
        var branches = BranchPrefill.RunAsync(request, request.Counter, default).AsTask().GetAwaiter().GetResult();
        var run = options.Compile(new PlanContext { Services = services ?? new DecodingServices() }).Open(new DraftSetup(request, branches));
        run.PrepareAsync(default).AsTask().GetAwaiter().GetResult();
        return run;
    }

    /// <summary>Tells it of a draft of <paramref name="drafted"/> tokens behind <paramref name="forced"/> forced ones, of which the first so many stayed.</summary>
    public static int Round(this ILengthRun run, int drafted, int accepted, int forced = 0)
    {
        var tree = new DraftTree();
        for (var i = 0; i < forced + drafted; i++) tree.Add(i - 1, 7, i < forced ? ForcedDraft.Name : "drafter");
        run.Observe(new RoundOutcome(tree, [.. Enumerable.Range(0, accepted)], 3, null!, null!, null!));
        return run.MaxDepth;
    }

    /// <summary>Whether it goes on behind a token of these probabilities.</summary>
    public static bool GoesOn(this ILengthRun run, int depth, int token, params double[] probabilities)
        => run.Continue(new DraftStep(depth, token, [.. probabilities.Select(probability => (float)Math.Log(probability) + 5)]));
}
