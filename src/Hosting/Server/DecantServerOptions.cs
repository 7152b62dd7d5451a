namespace Decant.Hosting;

/// <summary>Who may ask the HTTP server, and for how much. What is over a limit is refused, never cut.</summary>
public sealed class DecantServerOptions
{
    /// <summary>
    /// The keys of which a request must bring one, as <c>Authorization: Bearer KEY</c>; none may be empty. Default: none. Without a key everybody who reaches the server may ask, so it then listens on this machine's loopback
    /// addresses only, and answers only requests that name one of these as their host, so that no web page can reach it under a name of its own.
    /// </summary>
    public IList<string> ApiKeys { get; } = [];

    /// <summary>Whether to start without a key on addresses that other machines reach, behind a proxy that checks who asks, for example. Default: false, which stops the host with a message.</summary>
    public bool AllowAnonymousPublicAccess { get; set; }

    /// <summary>The origins (<c>https://example.com</c>) whose web pages may call the server, or <c>*</c> for all. Default: none.</summary>
    public IList<string> CorsOrigins { get; } = [];

    /// <summary>Most bytes of a request's body; more is answered 413. At least 1. Default: 4 MiB.</summary>
    public long MaxRequestBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Most tokens of a prompt; more is answered 400. At least 1; null (default): what the model's context holds.</summary>
    public int? MaxInputTokens { get; set; }

    /// <summary>
    /// Most tokens that a request may ask for in one answer; more is answered 400. It is also the limit of requests that name none. At least 1; null (default): what the model's context has room for.
    /// </summary>
    public int? MaxOutputTokens { get; set; }

    /// <summary>
    /// Most tokens that the searches of one request may write in all their texts, those that are dropped too; a larger <c>max_tokens</c> of the decoding options' <c>budget</c>, times the answers that are asked for, is
    /// answered 400. Shared among the answers it is also the budget of requests whose search names none, in place of what the client's default decoding has. At least 1; null: no limit. Default: 65,536.
    /// </summary>
    public int? MaxSearchTokens { get; set; } = 65_536;

    /// <summary>Most answers to one request: <c>n</c>, for completions times the number of prompts, times the results of a search; more is answered 400. At least 1. Default: 8.</summary>
    public int MaxChoices { get; set; } = 8;

    /// <summary>Most texts that are embedded in one request; more is answered 400. At least 1. Default: 256.</summary>
    public int MaxEmbeddingInputs { get; set; } = 256;
}
