namespace Decant.Decoding;

/// <summary><see cref="LookaheadOptions"/> at work on one call.</summary>
internal sealed class LookaheadRun(LookaheadOptions options) : IDraftRun
{
    private const string WindowName = "lookahead-window";

    // Numbers of this stream are no other's: the target's draws must not depend on what was guessed.
    private const int GuessStream = 6;
    private readonly NgramPool _pool = new(options.Level, options.Guesses);
    private readonly LookaheadWindow _window = new(options.Level - 1, options.Window);
    private DraftTree? _drafted;

    /// <summary>The runs that are known.</summary>
    public NgramPool Pool => _pool;

    /// <summary>The guesses.</summary>
    public LookaheadWindow Window => _window;

    public ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
    {
        if (_window.Levels.Count == 0) Begin(round.State);
        var room = round.Tree.Count + round.MaxNodes;
        var runs = _pool.Behind(round.State.Tokens[^1]);
        for (var i = runs.Count - 1; i >= 0; i--) round.Add(runs[i], options.Kind, room);
        _window.Draft(round, room, WindowName);
        _drafted = round.Tree;
        return ValueTask.CompletedTask;
    }

    public void Observe(in RoundOutcome outcome)
    {
        // The nodes are of one tree only, and of one round's.
        if (ReferenceEquals(_drafted, outcome.Tree)) _window.Correct(outcome.Step, _pool);
        _drafted = null;
    }

    public void Dispose()
    {
    }

    private void Begin(GenerationState state)
    {
        var prompt = state.Tokens[..state.PromptLength];
        if (options.PoolFromPrompt)
        {
            for (var i = 0; i + options.Level <= prompt.Length; i++) _pool.Add(prompt.Slice(i, options.Level));
        }

        var guesses = new int[_window.FirstColumns];
        for (var i = 0; i < guesses.Length; i++) guesses[i] = prompt[(int)(prompt.Length * state.Noise.Uniform(state.Position, GuessStream, i))];
        _window.Begin(guesses);
    }
}
