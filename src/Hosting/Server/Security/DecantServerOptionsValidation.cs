using Microsoft.Extensions.Options;

namespace Decant.Hosting.Server;

/// <summary>Finds values out of range when the host starts.</summary>
internal sealed class DecantServerOptionsValidation : IValidateOptions<DecantServerOptions>
{
    public ValidateOptionsResult Validate(string? name, DecantServerOptions options)
    {
        var failures = new ValidateOptionsResultBuilder();
        Require(!options.ApiKeys.Any(string.IsNullOrWhiteSpace), nameof(options.ApiKeys), "a key is empty. Remove it, or write the key there.");
        foreach (var origin in options.CorsOrigins) Require(IsOrigin(origin), nameof(options.CorsOrigins), $"\"{origin}\" is no origin. Write a scheme and a host, such as https://example.com, or *.");
        Require(options.MaxRequestBodyBytes >= 1, nameof(options.MaxRequestBodyBytes), "it must be at least 1.");
        (string Name, int? Value)[] counts =
        [
            (nameof(options.MaxInputTokens), options.MaxInputTokens), (nameof(options.MaxOutputTokens), options.MaxOutputTokens), (nameof(options.MaxSearchTokens), options.MaxSearchTokens),
            (nameof(options.MaxChoices), options.MaxChoices), (nameof(options.MaxEmbeddingInputs), options.MaxEmbeddingInputs),
        ];
        foreach (var (member, value) in counts) Require(value is null or >= 1, member, "it must be at least 1.");
        return failures.Build();

        void Require(bool holds, string member, string message)
        {
            if (!holds) failures.AddError(message, $"{nameof(DecantServerOptions)}.{member}");
        }
    }

    private static bool IsOrigin(string origin) => origin == "*"
        || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https") && origin == uri.GetLeftPart(UriPartial.Authority));
}
